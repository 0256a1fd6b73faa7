/** Globs that pass over nothing: what a pattern meets and nobody can name is told. */
import { isBytesName } from "../../text/bytes_name.ts";
import { glob } from "../../text/glob.ts";
import { ancestors, join } from "../../text/path.ts";
import type { Files } from "../../environment/environment.ts";

/**
 * The paths as `glob` gives them, and the first names that are no UTF-8 on the
 * way to what matches or might match; null where the pattern goes through too
 * much.
 */
export function globNames(
  pattern: string,
  folder: string,
  files: Files,
): {
  readonly paths: readonly string[];
  readonly nameless: readonly string[];
} | null {
  const met: string[] = [];
  /** Nothing can be asked of such a path: whoever asks would take it for absent. */
  const seen = <T>(path: string, look: (path: string) => T | null) => {
    if (!isBytesName(path)) return look(path);
    met.push(path.slice(join(folder, "x").length - 1));
    return null;
  };
  const paths = glob(pattern, folder, {
    list: (path) => seen(path, files.list),
    stat: (path) => seen(path, files.stat),
  });
  if (paths === null) return null;
  const nameless = [...met, ...paths.filter(isBytesName)].map(firstBytes);
  return { paths, nameless: [...new Set(nameless)] };
}

/** The path down to its first part that is no UTF-8. */
function firstBytes(path: string): string {
  return [...ancestors(path), path].find(isBytesName)!;
}
