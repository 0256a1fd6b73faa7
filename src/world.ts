/** The outside, one door each. Everything that is not pure is handed one of these. */
import type { Result } from "./result.ts";

/** The read-only door that validate and plan look through. Paths are absolute. */
export interface Files {
  /** The bytes, or null where there is no readable file. */
  read(path: string): Uint8Array<ArrayBuffer> | null;
  /** Names in a folder, unsorted, or null where there is no readable folder. */
  list(path: string): readonly Entry[] | null;
  /** Follows symlinks; null where nothing is. */
  stat(path: string): Stat | null;
}

export interface Entry {
  readonly name: string;
  readonly kind: "file" | "folder" | "link" | "other";
}

export interface Stat {
  readonly kind: "file" | "folder" | "other";
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
}

/** All of the outside that the command line hands down; tests give a fake one. */
export interface World {
  readonly files: Files;
  readonly clock: Clockwork;
  /** This many random characters of [a-z0-9]. */
  random(length: number): string;
  env(name: string): string | undefined;
  readonly cwd: string;
  readonly host: string;
  readonly pid: number;
  /** The limits that this program was started with, which its jobs start with too. */
  readonly softLimits: SoftLimits;
  /** False: that process of this machine is known to be gone. */
  isAlive(pid: number): boolean;
  readonly screen: Screen;
  readonly journals: Journals;
}

/** Soft limits of setrlimit(2); null: unknown, or as they are now. */
export interface SoftLimits {
  /** Deno raises its own. */
  readonly openFiles: number | null;
  /** In kB. The launcher raises it, because V8 needs more. */
  readonly addressSpace: number | null;
}

export interface Clockwork {
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves after so many milliseconds, or when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export interface Screen {
  out(text: string): void;
  err(text: string): void;
  /** Columns of the terminal behind stderr; null where it is no terminal. May be 0. */
  columns(): number | null;
  /** The line that whoever sits at the terminal types; null where nobody does, or they gave up. `hidden`: not shown. */
  ask(
    question: string,
    how: { readonly hidden: boolean },
  ): Promise<string | null>;
  readonly color: boolean;
  /** True: only failures and warnings are wanted, no news. */
  readonly isQuiet?: boolean;
}

/** Where the journals of submissions are kept. */
export interface Journals {
  /** Whether journals can be kept, and those of a script (the first half of its keys) be read. */
  check(script: string): Result<void>;
  /** Keys of which a journal exists. */
  keys(): readonly string[];
  /** Numbers of the generations of a submission, ascending. */
  generations(key: string): readonly number[];
  /** The text of one generation from an offset in bytes on; empty where there is none. */
  read(key: string, generation: number, from?: number): string;
  /** Makes this process the only one that writes journals of the key; null: another is. */
  lock(key: string): Result<Lock | null>;
  /** Appends whole lines. */
  append(key: string, generation: number, lines: string): Result<void>;
  /** Leaves word for whoever holds the lock that all is to be cancelled; false takes it back. */
  askToCancel(key: string, wish: boolean): void;
  isAskedToCancel(key: string): boolean;
  /** The folder of a submission's journals. */
  folder(key: string): string;
  /** What an earlier command kept for the next, by the script's path; "" where nothing is. May be lost at any time. */
  recall(script: string): string;
  keep(script: string, text: string): void;
}

export interface Lock {
  release(): void;
}
