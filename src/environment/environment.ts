/** The interfaces to everything outside the program. Code that is not pure receives one of them as a parameter. */
import type { Result } from "../text/result.ts";

/**
 * The file system as validation and planning see it: read-only, with absolute
 * paths. Names that are not UTF-8 are listed as `decodeName` returns them, but
 * cannot be read, listed or examined.
 */
export interface Files {
  /** The bytes, or null where there is no readable regular file or it has more than `most` bytes. Of pipes only those that this program was started with, such as `/dev/stdin`, are read. */
  read(path: string, most?: number): Uint8Array<ArrayBuffer> | null;
  /** The entries of a directory, unsorted, or null where there is no readable directory. */
  list(path: string): readonly DirectoryEntry[] | null;
  /** Follows symlinks; null where nothing exists. */
  stat(path: string): FileStat | null;
  /** The absolute path without symlinks; null where nothing exists. */
  realPath(path: string): string | null;
}

export interface DirectoryEntry {
  readonly name: string;
  readonly kind: "file" | "directory" | "link" | "other";
}

export interface FileStat {
  readonly kind: "file" | "directory" | "other";
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
  /** Permission bits, as for chmod(1); absent where the system has none. */
  readonly mode?: number;
}

/** Everything outside the program that a command uses; tests pass a fake one. */
export interface Environment {
  readonly files: Files;
  readonly clock: Clock;
  /** A string of this many random characters of [a-z0-9]. */
  random(length: number): string;
  /** An environment variable. A value that is not UTF-8 is returned as `decodeName` decodes it. */
  env(name: string): string | undefined;
  /** The current directory, decoded in the same way; "" where it no longer exists. */
  readonly cwd: string;
  readonly host: string;
  readonly pid: number;
  /** The limits that this program was started with, which its jobs get too. */
  readonly softLimits: SoftLimits;
  /** False where that process on this machine is known to have ended. */
  isAlive(pid: number): boolean;
  readonly terminal: Terminal;
  readonly journals: JournalStore;
  readonly trustStore: TrustStore;
}

/** Soft limits of setrlimit(2); null where one is unknown or was not changed. */
export interface SoftLimits {
  /** Deno raises its own limit at start. */
  readonly openFiles: number | null;
  /** In kB. The launcher raises this limit, because V8 needs more. */
  readonly addressSpace: number | null;
}

/** Two clocks: the user, NTP or a virtual machine may set the first forward or back at any time. */
export interface Clock {
  /** Milliseconds since 1970: to be shown, recorded, and compared with times that others gave. */
  now(): number;
  /** Milliseconds since this process started, by a clock that nobody can set: for all that is waited for or measured. */
  elapsed(): number;
  /** Resolves after this many milliseconds, or when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** What kind of message a line is; it decides the colour. */
export type Tone = "news" | "warning" | "failure";

/** Control characters in the text are made visible (`terminal.ts`), so that no text can control the terminal. No method fails. */
export interface Terminal {
  out(text: string): void;
  err(text: string, tone?: Tone): void;
  /** Replaces the line that was drawn before, below the messages; "" removes it. */
  draw(line: string): void;
  /** The width of the terminal behind stderr in columns; null where stderr is not a terminal. May be 0. */
  columns(): number | null;
  /** The line that the user types; null where there is no terminal or the user gave up. With `hidden` the input is not shown. */
  ask(
    question: string,
    how: { readonly hidden: boolean },
  ): Promise<string | null>;
  readonly color: boolean;
  /** True where only failures and warnings are wanted, no news. */
  readonly isQuiet?: boolean;
  /** Aborts, with the reason as text, once stdout can no longer be written. */
  readonly outputLost: AbortSignal;
}

/** Where the journals of runs are kept. */
export interface JournalStore {
  /** Fails where journals cannot be written, or those of a script (the first half of its run keys) cannot be read. */
  check(script: string): Result<void>;
  /** Keys of the runs that have a journal. */
  keys(): readonly string[];
  /** Numbers of the generations of a run's journal, ascending. */
  generations(key: string): readonly number[];
  /** The text of one generation from an offset in bytes on; empty where there is no such generation. */
  read(key: string, generation: number, from?: number): string;
  /** Makes this process the only one that writes journals of the key; null where another process is. */
  lock(key: string): Result<Lock | null>;
  /** Appends whole lines. */
  append(key: string, generation: number, lines: string): Result<void>;
  /** Removes an incomplete last line. */
  cutTail(key: string, generation: number): Result<void>;
  /** Asks the process that holds the lock to cancel the run; false withdraws the request. */
  requestCancel(key: string, isWanted: boolean): void;
  isCancelRequested(key: string): boolean;
  /** Resolves when a cancellation is requested or the signal aborts; where the directory cannot be watched, only when the signal aborts. */
  cancelRequested(key: string, signal: AbortSignal): Promise<void>;
  /** The directory of a run's journals. */
  directory(key: string): string;
  /** What an earlier command stored for a later one, by a name of hex digits; "" where nothing is stored. It may be lost at any time. */
  readState(name: string): string;
  writeState(name: string, text: string): void;
}

/** Which scripts the user trusts to do more than a script may do by default. A script and its metadata are named by the hashes of its path and of its text. */
export interface TrustStore {
  /** What was stored for a script with this metadata; null where nothing is stored. */
  recall(script: string, metadata: string): string | null;
  keep(script: string, metadata: string, text: string): Result<void>;
  /** Forgets all records of a script, whatever its metadata was; returns their number. */
  forget(script: string): number;
}

export interface Lock {
  release(): void;
}
