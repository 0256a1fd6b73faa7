/** Files that only the user can read: keys, passwords, the files in `~/.ssh`. */
import { ancestors, isWithinDirectory } from "../../text/path.ts";
import type { Files } from "../../environment/environment.ts";

export interface PrivacyContext {
  readonly files: Files;
  /** The work base, absolute. */
  readonly base: string;
  /** Absolute paths whose directories do not count as private, whatever their mode: the home directory, the script. */
  readonly own: readonly string[];
}

/**
 * True for a file outside the work base that only its owner can read, after symbolic links are followed. A directory
 * that only its owner can enter makes its files private too, unless it also contains the work base, the script or
 * the home directory.
 */
export function isPrivateElsewhere(
  path: string,
  { files, base, own }: PrivacyContext,
): boolean {
  const real = files.realPath(path);
  if (real === null) return false;
  const [realBase, ...others] = [base, ...own].map((each) =>
    files.realPath(each) ?? each
  );
  if (isWithinDirectory(real, realBase!)) return false;
  const denies = (path: string, bits: number): boolean => {
    const mode = files.stat(path)?.mode;
    return mode !== undefined && (mode & bits) === 0;
  };
  const isShared = (dir: string): boolean =>
    [realBase!, ...others].some((each) => isWithinDirectory(each, dir));
  return denies(real, 0o044) || ancestors(real)
    .filter((dir) => dir !== "" && !isShared(dir))
    .some((dir) => denies(dir, 0o011));
}
