/** The local disk, read-only, synchronous: one call costs microseconds, a promise as much again. */
import type { Entry, Files } from "../world.ts";

/** What the user's disk answers, as far as it can be looked at; anything but "not there for you" is thrown. */
export const localFiles: Files = {
  read: (path) => unlessAbsent(() => Deno.readFileSync(path)),
  list: (path) =>
    unlessAbsent(() =>
      Array.from(
        Deno.readDirSync(path),
        (entry) => ({ name: entry.name, kind: kindOf(entry) }),
      )
    ),
  stat: (path) =>
    unlessAbsent(() => {
      const seen = Deno.statSync(path);
      const kind = seen.isFile ? "file" : seen.isDirectory ? "folder" : "other";
      return {
        kind,
        bytes: seen.size,
        modified: seen.mtime?.getTime() ?? 0,
        ...seen.mode !== null && { mode: seen.mode & 0o7777 },
      };
    }),
  realPath: (path) => unlessAbsent(() => Deno.realPathSync(path)),
};

function kindOf(entry: Deno.DirEntry): Entry["kind"] {
  if (entry.isSymlink) return "link";
  return entry.isDirectory ? "folder" : entry.isFile ? "file" : "other";
}

function unlessAbsent<T>(look: () => T): T | null {
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
