/**
 * The library, with types of what is used of it (its README names the rest).
 * Loaded by whoever reaches a machine through it, and by nobody else.
 */
import type { EventEmitter } from "node:events";
import type { Duplex, Readable } from "node:stream";
import library from "ssh2";

export interface Client extends EventEmitter {
  connect(config: ConnectConfig): this;
  exec(
    command: string,
    then: (error: Error | undefined, channel: ClientChannel) => void,
  ): boolean;
  forwardOut(
    fromHost: string,
    fromPort: number,
    toHost: string,
    toPort: number,
    then: (error: Error | undefined, channel: Duplex) => void,
  ): boolean;
  end(): this;
  destroy(): this;
}

/** Emits `exit` with a code or null, and `close`. */
export interface ClientChannel extends Duplex {
  readonly stderr: Readable;
}

export interface ConnectConfig {
  readonly sock: Duplex;
  readonly username: string;
  /** Milliseconds; 0: any time. */
  readonly readyTimeout: number;
  readonly keepaliveInterval: number;
  readonly keepaliveCountMax: number;
  readonly algorithms: {
    readonly kex: readonly string[];
    readonly cipher: readonly string[];
    readonly hmac: readonly string[];
    readonly compress: readonly string[];
    readonly serverHostKey: readonly string[];
  };
  hostVerifier(key: Uint8Array): boolean;
  readonly authHandler: AuthHandler;
}

/** `offered`: the ways that the host still takes; null before it has said. Answers with false when there is no other. */
export type AuthHandler = (
  offered: readonly string[] | null,
  partial: boolean | null,
  next: (attempt: Attempt | false) => void,
) => void;

export type Attempt =
  & { readonly username: string }
  & (
    | { readonly type: "publickey"; readonly key: ParsedKey }
    | { readonly type: "agent"; readonly agent: Agent }
    /** Is refused, and hears what the host takes. */
    | { readonly type: "none" }
    | { readonly type: "password"; readonly password: string }
    | { readonly type: "keyboard-interactive"; readonly prompt: Prompted }
  );

export type Prompted = (
  name: string,
  instructions: string,
  language: string,
  prompts: readonly { readonly prompt: string; readonly echo?: boolean }[],
  finish: (answers: readonly string[]) => void,
) => void;

export interface ParsedKey {
  /** `ssh-ed25519`, `ecdsa-sha2-nistp256`, … */
  readonly type: string;
  getPrivatePEM(): string;
  /** `hash`: for RSA, by which digest. */
  sign(data: Uint8Array, hash?: string): Uint8Array | Error;
  verify(data: Uint8Array, signature: Uint8Array): boolean | Error;
  isPrivateKey(): boolean;
  /** As hosts know it (RFC 4253, 6.6). */
  getPublicSSH(): Uint8Array;
}

export interface Agent {
  getIdentities(
    then: (error: Error | undefined, keys?: readonly PublicKey[]) => void,
  ): void;
  sign(
    key: PublicKey,
    data: Uint8Array,
    /** `hash`: for RSA, by which digest. */
    options: { readonly hash?: string },
    then: (error: Error | undefined, signature?: Uint8Array) => void,
  ): void;
}

/** For `parseKey`. */
export type PublicKey = ParsedKey | Uint8Array;

interface Library {
  readonly Client: new () => Client;
  /** `socket`: where the agent listens. */
  readonly createAgent: (socket: string) => Agent;
  readonly utils: {
    parseKey(
      key: PublicKey | string,
      passphrase?: string,
    ): ParsedKey | ParsedKey[] | Error;
  };
}

export const { Client, createAgent, utils } = library as unknown as Library;
