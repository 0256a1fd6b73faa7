/** Paths that are excluded from hashes, although they may be among the inputs. */
import type { Config } from "../../model/config.ts";
import { isAbsolute, join, normalise } from "../../text/path.ts";
import type { Files } from "../../environment/environment.ts";
import type { HashScope } from "./match_inputs.ts";
import type { HashCache } from "./content_hash.ts";
import { once } from "../../text/once.ts";

interface HashScopeInput {
  /** Absolute. */
  readonly base: string;
  /** Of each row of task_list. */
  readonly dirs: readonly (readonly string[])[];
  readonly files: Files;
  readonly hashCache: HashCache;
}

/**
 * The text of the script is not an input, its code is. Files that a task declares as its logs or results are
 * excluded too where a pattern or a directory includes them: a task that has run must keep its key.
 */
export function hashScopeFor(
  { script, tasks }: Config,
  { base, dirs, files, hashCache }: HashScopeInput,
): HashScope {
  // Most plans meet nothing by pattern.
  const written = once(() =>
    new Set(tasks.flatMap(({ outputs, out, err }, at) => {
      const names = [...outputs, out ?? "", err ?? ""].filter((name) =>
        name !== "" && !isAbsolute(name)
      );
      return dirs[at]!.flatMap((dir) =>
        names.map((name) => normalise(join(base, join(dir, name))))
      );
    }))
  );
  const isExcluded = (path: string): boolean =>
    path === script.path || written().has(path);
  const behindLinks = { count: 0 };
  return {
    base,
    script: script.path,
    files,
    hashCache,
    isExcluded,
    behindLinks,
  };
}
