/** The entries of an upload, file by file. */
import type { StagedEntry } from "../../pipeline/stage.ts";

/** One entry of the archive, at a path below the remote root. */
export type ArchiveEntry =
  | { readonly to: string; readonly directory: true; readonly mode?: number }
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
 * Every file as its own entry: a directory with its content, symlinks followed, with
 * the owner's permissions. Throws where a file no longer exists.
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
  // The owner must be able to write into the directory and to remove it.
  yield { to, directory: true, mode: permissions | 0o700 };
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
