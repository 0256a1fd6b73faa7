/** The local disk, read-only, synchronous: one call costs microseconds, a promise as much again. */
import { isBytesName } from "../text/bytes_name.ts";
import type { Entry, Files } from "../world.ts";
import { entriesByBytes, realPathByBytes } from "./bytes.ts";

/** What the user's disk answers, as far as it can be looked at; anything but "not there for you" is thrown. */
export const localFiles: Files = {
  read: (path) => unlessAbsent(path, () => Deno.readFileSync(path)),
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
      return { kind, bytes: seen.size, modified: seen.mtime?.getTime() ?? 0 };
    }),
  realPath: (path) => unlessAbsent(path, () => realPathOf(path)),
};

function realPathOf(path: string): string {
  try {
    return Deno.realPathSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.InvalidData)) throw error;
    return realPathByBytes(path);
  }
}

function kindOf(entry: Deno.DirEntry): Entry["kind"] {
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

const {
  NotFound,
  NotADirectory,
  IsADirectory,
  PermissionDenied,
  FilesystemLoop,
} = Deno.errors;
const absences = [
  NotFound,
  NotADirectory,
  IsADirectory,
  PermissionDenied,
  FilesystemLoop,
];

/** Names that no disk can hold (too long, with a NUL) are absent as well. */
function isAbsence(error: unknown): boolean {
  if (absences.some((absence) => error instanceof absence)) return true;
  return error instanceof Error &&
    /ENAMETOOLONG|File name too long|nul byte/i.test(error.message);
}
