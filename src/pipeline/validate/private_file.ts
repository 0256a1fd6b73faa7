/** Files that are nobody's business but the user's: keys, passwords, what is in `~/.ssh`. */
import { ancestors, isWithinDirectory } from "../../text/path.ts";
import type { Files } from "../../environment/environment.ts";

export interface PrivacyContext {
  readonly files: Files;
  /** The work base, absolute. */
  readonly base: string;
  /** Absolute paths that are as closed to others as the user likes to have them: the home folder, the script. */
  readonly own: readonly string[];
}

/**
 * True for a file that only its owner may read and that is not in the work base, wherever links lead. A closed
 * folder makes what is in it private as well, but for those that the work base, the script or the home are in too.
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
  const isClosed = (path: string, bits: number): boolean => {
    const mode = files.stat(path)?.mode;
    return mode !== undefined && (mode & bits) === 0;
  };
  const isShared = (folder: string): boolean =>
    [realBase!, ...others].some((each) => isWithinDirectory(each, folder));
  return isClosed(real, 0o044) || ancestors(real)
    .filter((folder) => folder !== "" && !isShared(folder))
    .some((folder) => isClosed(folder, 0o011));
}
