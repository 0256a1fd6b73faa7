/** Received files, before they are installed. */
import type { MatchedOutputs } from "./matched_outputs.ts";

/** Received files by path below the work base. None of them is installed yet. */
export interface ReceivedFiles {
  readonly files: Map<string, ReceivedFile>;
  /** Links are not created before it is known where they lead. */
  readonly links: Map<string, string>;
  /** Directories that an archive names, even empty ones. */
  readonly directories: Set<string>;
  /** These, and all directories that contain a received file. */
  readonly allDirectories: Set<string>;
  /** Messages about entries that were left out. */
  readonly refused: string[];
  /** The paths of entries that were left out, as far as they are valid. */
  readonly leftOut: Set<string>;
}

/** All results of one download. */
export interface ReceivedResults {
  readonly matches: readonly MatchedOutputs[];
  readonly files: ReceivedFiles;
  /** All listed files: each of them must be received. */
  readonly announced: readonly string[];
  /** Links that are dangling on the remote host. */
  readonly dangling: ReadonlySet<string>;
  /** Directories that are links on the remote host. */
  readonly followed: ReadonlySet<string>;
  /** Links that cannot be followed, and why. */
  readonly unfollowed: ReadonlyMap<string, string>;
  /** Tar's messages about files that it could not read. */
  readonly unread: readonly string[];
  readonly inside: (target: string) => string | null;
}

export interface ReceivedFile {
  /** Its name in the incoming directory, which has no subdirectories. */
  readonly name: string;
  readonly bytes: number;
  /** Milliseconds since 1970; null: the time of the download. */
  readonly modified: number | null;
}

export function nothingReceived(): ReceivedFiles {
  return {
    files: new Map(),
    links: new Map(),
    directories: new Set(),
    allDirectories: new Set(),
    refused: [],
    leftOut: new Set(),
  };
}

/** The name, shortened for a message. */
export function shown(name: string): string {
  return name.length > 300 ? `${name.slice(0, 300)}…` : name;
}
