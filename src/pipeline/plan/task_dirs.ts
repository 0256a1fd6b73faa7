/** From the task_work_path of a row to the directories of its tasks. */
import { fail, ok, type Result } from "../../text/result.ts";
import { isPattern, TOO_MANY_ENTRIES } from "../../text/glob.ts";
import { naturalOrder } from "../../text/sort.ts";
import { isAbsolute, isOutside, join, normalise } from "../../text/path.ts";
import { someNames } from "../../text/show_name.ts";
import type { Files } from "../../environment/environment.ts";
import { isBytesName } from "../../text/bytes_name.ts";
import { globNames } from "./glob_names.ts";
import { isUserPath } from "./match_inputs.ts";
import { NOT_UTF8 } from "./content_hash.ts";

/** More tasks are probably not intended, and planning them would take an hour. */
const MAX_TASKS = 200_000;

/**
 * The directories of each row; the row that exceeds the limit has an error. `putInto`: results are downloaded into
 * them.
 */
export function dirsOfRows(
  paths: readonly string[],
  { base, putInto, files }: {
    readonly base: string;
    readonly putInto: boolean;
    readonly files: Files;
  },
): readonly Result<readonly string[], string>[] {
  let left = MAX_TASKS;
  return paths.map((path) => {
    if (left < 0) return ok([]); // an earlier row has the error
    const found = dirsOf(path, base, files);
    const row = putInto && found.ok
      ? namedWithoutLinks(path, found.value, base, files)
      : found;
    left -= row.ok ? row.value.length : 0;
    return left < 0 ? fail(`more than ${MAX_TASKS} tasks in total`) : row;
  });
}

/** The directories, or an error if one of them links to a path that is not UTF-8, where results cannot be downloaded. */
function namedWithoutLinks(
  path: string,
  dirs: readonly string[],
  base: string,
  files: Files,
): Result<readonly string[], string> {
  const nameless = dirs.flatMap((dir) => {
    const real = files.realPath(join(base, dir));
    return real !== null && isBytesName(real) ? [real] : [];
  });
  return nameless.length === 0 ? ok(dirs) : fail(
    `task_work_path ${JSON.stringify(path)} resolves to ${
      someNames(nameless)
    }: ${NOT_UTF8}`,
  );
}

/**
 * The directories below the base that a path or pattern names, in natural order. A path that exists is not read as
 * a pattern. The error is a whole message.
 */
function dirsOf(
  path: string,
  base: string,
  files: Files,
): Result<readonly string[], string> {
  const dir = normalise(path);
  const named = `task_work_path ${JSON.stringify(path)}`;
  if (isAbsolute(path)) return fail(`${named} must be a relative path`);
  if (isOutside(dir)) return fail(`${named} is outside the work base`);
  const isDir = (inner: string): boolean =>
    isUserPath(inner) && files.stat(join(base, inner))?.kind === "directory";
  if (isDir(dir)) return ok([dir]);
  if (!isPattern(dir)) {
    return fail(`${named} is not a directory in ${JSON.stringify(base)}`);
  }
  const matched = globNames(`${dir}/`, base, files);
  if (matched === null) return fail(`${named} ${TOO_MANY_ENTRIES}`);
  const { paths, nameless } = matched;
  if (nameless.length > 0) {
    return fail(`${named} matches ${someNames(nameless)}: ${NOT_UTF8}`);
  }
  const found = paths.filter(isUserPath);
  if (found.length === 0) {
    return fail(`${named} matches no directory in ${JSON.stringify(base)}`);
  }
  return ok(found.toSorted(naturalOrder));
}
