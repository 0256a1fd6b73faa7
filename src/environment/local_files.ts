/** The local disk, read-only, synchronous: one call costs microseconds, a promise as much again. */
import { isBytesName } from "../text/bytes_name.ts";
import type { DirectoryEntry, Files } from "./environment.ts";
import { entriesByBytes, realPathByBytes } from "./bytes_names.ts";

/** What the user's disk answers, as far as it can be looked at. */
export const localFiles: Files = {
  read: (path, most = MOST_BYTES) =>
    unlessAbsent(path, () => readFile(path, most)),
  list: (path) =>
    unlessAbsent(path, () => {
      const entries = Array.from(
        Deno.readDirSync(path),
        (entry) => ({ name: entry.name, kind: kindOf(entry) }),
      );
      // Deno shows U+FFFD for what is no UTF-8: several names may look alike, or like another that is really so.
      return entries.some(({ name }) => name.includes("\ufffd"))
        ? entriesByBytes(path)
        : entries;
    }),
  stat: (path) =>
    unlessAbsent(path, () => {
      const seen = Deno.statSync(path);
      const kind = seen.isFile ? "file" : seen.isDirectory ? "folder" : "other";
      return {
        kind,
        bytes: seen.size,
        modified: seen.mtime?.getTime() ?? 0,
        ...seen.mode !== null && { mode: seen.mode & 0o7777 },
      };
    }),
  realPath: (path) => unlessAbsent(path, () => realPathOf(path)),
};

/** As much is held in memory of one file. */
const MOST_BYTES = 256 * 2 ** 20;

/** What the shell opened for this program: opening it again cannot wait for a writer to come. */
const OPENED = /^\/(?:dev\/(?:stdin|fd\/\d+)|proc\/self\/fd\/\d+)$/;

/**
 * A pipe would be waited for, and a device has no end: neither is opened, unless it is a pipe that was handed over.
 * What files of /proc would say beyond their size, which is 0, may never come either.
 */
function readFile(path: string, most: number): Uint8Array<ArrayBuffer> | null {
  const { isFile, isFifo, size } = Deno.statSync(path);
  const isHandedOver = isFifo && OPENED.test(path);
  if (isFile ? size > most : !isHandedOver) return null;
  using file = Deno.openSync(path);
  const bytes = readUpTo(file, isFile ? size : most + 1);
  return bytes.length > most ? null : bytes;
}

/** The first bytes of a file, or all where it has fewer. */
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
  return entry.isDirectory ? "folder" : entry.isFile ? "file" : "other";
}

/** Deno would look for another name in place of one that is no UTF-8. */
function unlessAbsent<T>(path: string, look: () => T): T | null {
  if (isBytesName(path)) return null;
  try {
    return look();
  } catch (error) {
    if (isAbsence(error)) return null;
    throw error;
  }
}

/** Whatever the system says of a path, and names that no disk can hold (with a NUL), are absence: only bugs are thrown. */
function isAbsence(error: unknown): boolean {
  return error instanceof Error &&
    (error.name in Deno.errors ||
      /\(os error \d+\)|nul byte/i.test(error.message));
}
