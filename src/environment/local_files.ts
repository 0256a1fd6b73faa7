/** The local file system, read-only. It is synchronous because a call takes microseconds and a promise would double that. */
import { isBytesName } from "../text/bytes_name.ts";
import type { DirectoryEntry, Files } from "./environment.ts";
import { entriesByBytes, realPathByBytes } from "./bytes_names.ts";

export const localFiles: Files = {
  read: (path, most = MOST_BYTES) =>
    unlessAbsent(path, () => readFile(path, most)),
  list: (path) =>
    unlessAbsent(path, () => {
      const entries = Array.from(
        Deno.readDirSync(path),
        (entry) => ({ name: entry.name, kind: kindOf(entry) }),
      );
      // Deno puts U+FFFD in place of bytes that are not UTF-8: two names may then look the same, or like a name that really has U+FFFD.
      return entries.some(({ name }) => name.includes("\ufffd"))
        ? entriesByBytes(path)
        : entries;
    }),
  stat: (path) =>
    unlessAbsent(path, () => {
      const stat = Deno.statSync(path);
      const kind = stat.isFile
        ? "file"
        : stat.isDirectory
        ? "directory"
        : "other";
      return {
        kind,
        bytes: stat.size,
        modified: stat.mtime?.getTime() ?? 0,
        ...stat.mode !== null && { mode: stat.mode & 0o7777 },
      };
    }),
  realPath: (path) => unlessAbsent(path, () => realPathOf(path)),
};

/** The largest file that is read, because it is held in memory. */
const MOST_BYTES = 256 * 2 ** 20;

/** Files that the shell opened for this program: opening such a pipe again cannot block until a writer appears. */
const INHERITED = /^\/(?:dev\/(?:stdin|fd\/\d+)|proc\/self\/fd\/\d+)$/;

/**
 * Opening a pipe can block, and a device may have no end: neither is opened, except a pipe that this program inherited.
 * Files of /proc have size 0 and are read as empty, because reading some of them never ends.
 */
function readFile(path: string, most: number): Uint8Array<ArrayBuffer> | null {
  const { isFile, isFifo, size } = Deno.statSync(path);
  const isInheritedPipe = isFifo && INHERITED.test(path);
  if (isFile ? size > most : !isInheritedPipe) return null;
  using file = Deno.openSync(path);
  const bytes = readUpTo(file, isFile ? size : most + 1);
  return bytes.length > most ? null : bytes;
}

/** The first `most` bytes of a file, or all of them where it has fewer. */
function readUpTo(
  file: Pick<Deno.FsFile, "readSync">,
  most: number,
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(most);
  for (let at = 0; at < most;) {
    const read = file.readSync(bytes.subarray(at));
    if (read === null) return bytes.slice(0, at);
    at += read;
  }
  return bytes;
}

function realPathOf(path: string): string {
  try {
    return Deno.realPathSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.InvalidData)) throw error;
    return realPathByBytes(path);
  }
}

function kindOf(entry: Deno.DirEntry): DirectoryEntry["kind"] {
  if (entry.isSymlink) return "link";
  return entry.isDirectory ? "directory" : entry.isFile ? "file" : "other";
}

/** A name that is not UTF-8 counts as absent, because Deno would replace it by another name. */
function unlessAbsent<T>(path: string, read: () => T): T | null {
  if (isBytesName(path)) return null;
  try {
    return read();
  } catch (error) {
    if (isAbsence(error)) return null;
    throw error;
  }
}

/** Errors of the system, and names that no file system can hold (with a NUL), count as absence; all other errors are bugs. */
function isAbsence(error: unknown): boolean {
  return error instanceof Error &&
    (error.name in Deno.errors ||
      /\(os error \d+\)|nul byte/i.test(error.message));
}
