/** The outside, one door each. Everything that is not pure is handed one of these. */
import type { Result } from "../text/result.ts";

/**
 * The read-only door that validate and plan look through. Paths are absolute.
 * Names that are no UTF-8 are as `decodeName` makes them, and nothing can be
 * asked of them.
 */
export interface Files {
  /** The bytes, or null where there is no readable regular file, or one of more than `most` bytes; `/dev/stdin` may be a pipe. */
  read(path: string, most?: number): Uint8Array<ArrayBuffer> | null;
  /** Names in a folder, unsorted, or null where there is no readable folder. */
  list(path: string): readonly DirectoryEntry[] | null;
  /** Follows symlinks; null where nothing is. */
  stat(path: string): FileStat | null;
  /** The path without links, absolute; null where nothing is. */
  realPath(path: string): string | null;
}

export interface DirectoryEntry {
  readonly name: string;
  readonly kind: "file" | "folder" | "link" | "other";
}

export interface FileStat {
  readonly kind: "file" | "folder" | "other";
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
  /** Permissions, as chmod(1) has them; absent where the system has none. */
  readonly mode?: number;
}

/** All of the outside that the command line hands down; tests give a fake one. */
export interface Environment {
  readonly files: Files;
  readonly clock: Clock;
  /** This many random characters of [a-z0-9]. */
  random(length: number): string;
  /** What is no UTF-8 is as `decodeName` makes it. */
  env(name: string): string | undefined;
  /** Likewise; "" where it is gone. */
  readonly cwd: string;
  readonly host: string;
  readonly pid: number;
  /** The limits that this program was started with, which its jobs start with too. */
  readonly softLimits: SoftLimits;
  /** False: that process of this machine is known to be gone. */
  isAlive(pid: number): boolean;
  readonly terminal: Terminal;
  readonly journals: JournalStore;
  readonly trustStore: TrustStore;
}

/** Soft limits of setrlimit(2); null: unknown, or as they are now. */
export interface SoftLimits {
  /** Deno raises its own. */
  readonly openFiles: number | null;
  /** In kB. The launcher raises it, because V8 needs more. */
  readonly addressSpace: number | null;
}

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves after so many milliseconds, or when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** How a line is meant; where there are colours, it has one. */
export type Tone = "news" | "warning" | "failure";

/** Whoever wrote the text, it commands no terminal: see `world/screen.ts`. Nothing here fails. */
export interface Terminal {
  out(text: string): void;
  err(text: string, tone?: Tone): void;
  /** Puts the line in the place of the one that was drawn before, below what is told; "" takes that away. */
  draw(line: string): void;
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
  /** Aborts, with the reason as text, once stdout takes no more. */
  readonly outputLost: AbortSignal;
}

/** Where the journals of submissions are kept. */
export interface JournalStore {
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
  /** Removes what stands behind the last whole line. */
  cutTail(key: string, generation: number): Result<void>;
  /** Leaves word for whoever holds the lock that all is to be cancelled; false takes it back. */
  requestCancel(key: string, wish: boolean): void;
  isCancelRequested(key: string): boolean;
  /** Resolves when somebody has asked for it, or with the signal; where nothing can be watched with the signal alone. */
  askedToCancel(key: string, signal: AbortSignal): Promise<void>;
  /** The folder of a submission's journals. */
  folder(key: string): string;
  /** What an earlier command kept for the next, by the script's path; "" where nothing is. May be lost at any time. */
  readState(script: string): string;
  writeState(script: string, text: string): void;
}

/** What the user has said about scripts that ask for more than a script may by itself. */
export interface TrustStore {
  /** What was kept for a script with this metadata; null: nothing. */
  recall(script: string, metadata: string): string | null;
  keep(script: string, metadata: string, text: string): Result<void>;
  /** Whatever its metadata; the number of times that it was trusted. */
  forget(script: string): number;
}

export interface Lock {
  release(): void;
}
