/** What stands apart from digests, although it may lie among the inputs. */
import type { Config } from "../../model/config.ts";
import { isAbsolute, join, normalise } from "../../text/path.ts";
import type { Files } from "../../environment/environment.ts";
import type { HashScope } from "./match_inputs.ts";
import type { HashCache } from "./content_hash.ts";

interface HashScopeInput {
  /** Absolute. */
  readonly base: string;
  /** Of each row of task_list. */
  readonly dirs: readonly (readonly string[])[];
  readonly files: Files;
  readonly digests: HashCache;
}

/**
 * The script's text is not an input, its code is. What a task writes by its own word (logs, results named in full)
 * is none either where a pattern or a folder meets it: a task that was run must keep its key.
 */
export function hashScopeFor(
  { script, tasks }: Config,
  { base, dirs, files, digests }: HashScopeInput,
): HashScope {
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
  const apart = (path: string): boolean =>
    path === script.path || written().has(path);
  const behindLinks = { count: 0 };
  return {
    base,
    script: script.path,
    files,
    digests,
    isExcluded: apart,
    behindLinks,
  };
}

/** Made at the first call: most plans meet nothing by pattern. */
function once<T>(make: () => T): () => T {
  const made: T[] = [];
  return () => made[0] ??= make();
}
