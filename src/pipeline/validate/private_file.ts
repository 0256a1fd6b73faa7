/** Files that only the user can read: keys, passwords, the files in `~/.ssh`. */
import { ancestors, isWithinDirectory } from "../../text/path.ts";
import type { Files } from "../../environment/environment.ts";

export interface PrivacyContext {
  readonly files: Files;
  /** The work base, absolute. */
  readonly base: string;
  /** Absolute; undefined: unknown. */
  readonly home: string | undefined;
  /** Absolute directories that the user has chosen, not the script: the current one, and that of the script. */
  readonly chosen: readonly string[];
}

/**
 * True for a file outside the work base that only its owner can read, after symbolic links are followed. A directory
 * that only its owner can enter makes its files private too, unless it also contains the work base, a chosen
 * directory or the home directory.
 */
export function isPrivateElsewhere(
  path: string,
  { files, base, home, chosen }: PrivacyContext,
): boolean {
  const real = files.realPath(path);
  if (real === null) return false;
  const realOf = (path: string) => files.realPath(path) ?? path;
  const realHome = home === undefined ? [] : [realOf(home)];
  const realChosen = chosen.map(realOf);
  const realBase = realOf(base);
  // A script that names all of the home directory or ~/.ssh as its work base does not make the files there its own.
  const isForeign = realHome.some((home) =>
    isWithinDirectory(home, realBase) ||
    isWithinDirectory(realBase, home) &&
      !realChosen.some((dir) => isRelated(dir, realBase))
  );
  if (!isForeign && isWithinDirectory(real, realBase)) return false;
  const denies = (path: string, bits: number): boolean => {
    const mode = files.stat(path)?.mode;
    return mode !== undefined && (mode & bits) === 0;
  };
  const known = [...realHome, ...realChosen, ...isForeign ? [] : [realBase]];
  const isShared = (dir: string): boolean =>
    known.some((each) => isWithinDirectory(each, dir));
  return denies(real, 0o044) || ancestors(real)
    .filter((dir) => dir !== "" && !isShared(dir))
    .some((dir) => denies(dir, 0o011));
}

/** One is the other, or in it. */
function isRelated(one: string, other: string): boolean {
  return isWithinDirectory(one, other) || isWithinDirectory(other, one);
}
