/** What is sent, file by file. */
import type { StagedEntry } from "../../pipeline/stage.ts";

/** One thing in the archive, at a path below the root. */
export type ArchiveEntry =
  | { readonly to: string; readonly folder: true; readonly mode?: number }
  | { readonly to: string; readonly text: string; readonly mode?: number }
  | { readonly to: string; readonly link: string }
  | FileEntry;

export interface FileEntry {
  readonly to: string;
  /** Absolute local path. */
  readonly from: string;
  readonly bytes: number;
  readonly mode: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
}

/**
 * Every file by itself: a folder with all that is in it, symlinks followed, as
 * for the folder's owner. Throws where something is not there any more.
 */
export function listArchiveEntries(
  puts: readonly StagedEntry[],
): readonly ArchiveEntry[] {
  return puts.flatMap((put) =>
    "from" in put ? [...walk(put.from, put.to)] : [put]
  );
}

function* walk(from: string, to: string): Generator<ArchiveEntry> {
  const { isDirectory, isFile, size, mode, mtime } = Deno.statSync(from);
  const permissions = (mode ?? (isDirectory ? 0o755 : 0o644)) & 0o777;
  if (isFile) {
    const modified = mtime?.getTime() ?? 0;
    yield { to, from, bytes: size, mode: permissions, modified };
  }
  if (!isDirectory) return;
  // Who sends into it, and who removes it, must be able to.
  yield { to, folder: true, mode: permissions | 0o700 };
  for (const { name } of Deno.readDirSync(from)) {
    if (name !== ".dpdisp") yield* walk(`${from}/${name}`, `${to}/${name}`);
  }
}

export function isFile(entry: ArchiveEntry): entry is FileEntry {
  return "from" in entry;
}

/** Bytes of the files among the entries. */
export function bytesOf(entries: readonly ArchiveEntry[]): number {
  return entries.reduce(
    (sum, entry) => sum + (isFile(entry) ? entry.bytes : 0),
    0,
  );
}
