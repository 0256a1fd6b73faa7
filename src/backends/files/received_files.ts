/** Received files, before they are installed. */

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
