/** Globs that report names that are not UTF-8, which file functions cannot open. */
import { isBytesName } from "../../text/bytes_name.ts";
import { glob } from "../../text/glob.ts";
import { ancestors, join } from "../../text/path.ts";
import type { Files } from "../../environment/environment.ts";

/**
 * The paths that `glob` gives, and the first names that are not UTF-8 in every
 * path that matches or may match; null where the pattern searches too many
 * directories.
 */
export function globNames(
  pattern: string,
  dir: string,
  files: Files,
): {
  readonly paths: readonly string[];
  readonly nameless: readonly string[];
} | null {
  const skipped: string[] = [];
  /** File functions would report such a path as absent. */
  const checked = <T>(path: string, call: (path: string) => T | null) => {
    if (!isBytesName(path)) return call(path);
    skipped.push(path.slice(join(dir, "x").length - 1));
    return null;
  };
  const paths = glob(pattern, dir, {
    list: (path) => checked(path, files.list),
    stat: (path) => checked(path, files.stat),
  });
  if (paths === null) return null;
  const nameless = [...skipped, ...paths.filter(isBytesName)].map(firstBytes);
  return { paths, nameless: [...new Set(nameless)] };
}

/** The path up to its first name that is not UTF-8. */
function firstBytes(path: string): string {
  return [...ancestors(path), path].find(isBytesName)!;
}
