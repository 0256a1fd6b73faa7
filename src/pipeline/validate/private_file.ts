/** Files that are nobody's business but the user's: keys, passwords, what is in `~/.ssh`. */
import { ancestors, isWithinFolder } from "../../text/path.ts";
import type { Files } from "../../environment/environment.ts";

export interface Whereabouts {
  readonly files: Files;
  /** The work base, absolute. */
  readonly base: string;
  /** Absolute; undefined: nobody knows. */
  readonly home: string | undefined;
  /** Absolute folders that the user has chosen, not the script: the current one, that of the script. */
  readonly chosen: readonly string[];
}

/**
 * True for a file that only its owner may read and that is not in the work base, wherever links lead. A closed
 * folder makes what is in it private as well, but for those that the work base, the chosen folders or the home are
 * in too.
 */
export function isPrivateElsewhere(
  path: string,
  { files, base, home, chosen }: Whereabouts,
): boolean {
  const real = files.realPath(path);
  if (real === null) return false;
  const realOf = (path: string) => files.realPath(path) ?? path;
  const realHome = home === undefined ? [] : [realOf(home)];
  const realChosen = chosen.map(realOf);
  const realBase = realOf(base);
  // The script names its work base: all of the home, or a folder like ~/.ssh, does not become its own by that.
  const isForeign = realHome.some((home) =>
    isWithinFolder(home, realBase) ||
    isWithinFolder(realBase, home) &&
      !realChosen.some((folder) => isRelated(folder, realBase))
  );
  if (!isForeign && isWithinFolder(real, realBase)) return false;
  const isClosed = (path: string, bits: number): boolean => {
    const mode = files.stat(path)?.mode;
    return mode !== undefined && (mode & bits) === 0;
  };
  const known = [...realHome, ...realChosen, ...isForeign ? [] : [realBase]];
  const isShared = (folder: string): boolean =>
    known.some((each) => isWithinFolder(each, folder));
  return isClosed(real, 0o044) || ancestors(real)
    .filter((folder) => folder !== "" && !isShared(folder))
    .some((folder) => isClosed(folder, 0o011));
}

/** One is the other, or in it. */
function isRelated(one: string, other: string): boolean {
  return isWithinFolder(one, other) || isWithinFolder(other, one);
}
