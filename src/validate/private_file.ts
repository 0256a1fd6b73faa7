/** Files that are nobody's business but the user's: keys, passwords, what is in `~/.ssh`. */
import { foldersAbove, isWithinFolder } from "../text/path.ts";
import type { Files } from "../world.ts";

export interface Whereabouts {
  readonly files: Files;
  /** Absolute; null: unknown. */
  readonly home: string | null;
  /** The work base, absolute. */
  readonly base: string;
}

/**
 * True for a file that only its owner may read and that is not in the work base, wherever links lead. A closed
 * folder counts as well, but for the home folder, which many sites close.
 */
export function isPrivateElsewhere(
  path: string,
  { files, home, base }: Whereabouts,
): boolean {
  const real = files.realPath(path);
  if (real === null) return false;
  if (isWithinFolder(real, files.realPath(base) ?? base)) return false;
  const realHome = home === null ? null : files.realPath(home);
  const isClosed = (path: string, bits: number): boolean => {
    const mode = files.stat(path)?.mode;
    return mode !== undefined && (mode & bits) === 0;
  };
  return isClosed(real, 0o044) || foldersAbove(real)
    .filter((folder) =>
      folder !== "" && !(realHome && isWithinFolder(realHome, folder))
    )
    .some((folder) => isClosed(folder, 0o011));
}
