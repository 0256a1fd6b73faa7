/**
 * The ssh2 library, with types for what is used of it; its README has the rest.
 * It is loaded only where a connection uses it.
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
  /** In ms; 0 for no timeout. */
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

/** `offered` has the methods that the host still accepts; null before it has named them. `next(false)` means that there is no other method. */
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
    /** The host rejects it and names the methods that it accepts. */
    | { readonly type: "none" }
    | { readonly type: "password"; readonly password: string }
    | { readonly type: "keyboard-interactive"; readonly prompt: PromptHandler }
  );

export type PromptHandler = (
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
  /** `hash` is the digest for RSA keys. */
  sign(data: Uint8Array, hash?: string): Uint8Array | Error;
  verify(data: Uint8Array, signature: Uint8Array): boolean | Error;
  isPrivateKey(): boolean;
  /** The public key in the format of RFC 4253, 6.6. */
  getPublicSSH(): Uint8Array;
}

export interface Agent {
  getIdentities(
    then: (error: Error | undefined, keys?: readonly PublicKey[]) => void,
  ): void;
  sign(
    key: PublicKey,
    data: Uint8Array,
    /** `hash` is the digest for RSA keys. */
    options: { readonly hash?: string },
    then: (error: Error | undefined, signature?: Uint8Array) => void,
  ): void;
}

/** What `parseKey` accepts. */
export type PublicKey = ParsedKey | Uint8Array;

interface Library {
  readonly Client: new () => Client;
  /** `socket` is the path of the agent's socket. */
  readonly createAgent: (socket: string) => Agent;
  readonly utils: {
    parseKey(
      key: PublicKey | string,
      passphrase?: string,
    ): ParsedKey | ParsedKey[] | Error;
  };
}

export const { Client, createAgent, utils } = library as unknown as Library;
