/** What came of results, before any of it is in its place. */

/** What came, by its path below the work base. Nothing of it is in its place yet. */
export interface ReceivedFiles {
  readonly files: Map<string, ReceivedFile>;
  /** Links are not made before it is known where they would lead. */
  readonly links: Map<string, string>;
  /** Those that an archive names, be they empty. */
  readonly folders: Set<string>;
  /** Those too that something is in. */
  readonly allFolders: Set<string>;
  /** What was left out, and why. */
  readonly refused: string[];
  /** The paths of it, as far as it has any. */
  readonly leftOut: Set<string>;
}

export interface ReceivedFile {
  /** Its name in the landing folder, in which all files stand side by side. */
  readonly name: string;
  readonly bytes: number;
  /** Milliseconds since 1970; null: when it came. */
  readonly modified: number | null;
}

export function nothingReceived(): ReceivedFiles {
  return {
    files: new Map(),
    links: new Map(),
    folders: new Set(),
    allFolders: new Set(),
    refused: [],
    leftOut: new Set(),
  };
}

/** As much of a name as helps to know it. */
export function shown(name: string): string {
  return name.length > 300 ? `${name.slice(0, 300)}…` : name;
}
