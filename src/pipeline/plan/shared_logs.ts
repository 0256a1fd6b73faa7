/** Tasks that write into the same log. */
import type { Config } from "../../model/config.ts";
import type { Diagnostic } from "../../model/diagnostic.ts";
import { join, normalise } from "../../text/path.ts";
import { joinWords } from "../../text/grammar.ts";

/** Lines and files that are named of many. */
const MAX_NAMED = 3;

/**
 * A warning for each group of rows of task_list whose tasks share logs, at the
 * last of them. `dirs`: the folders of each row. Tasks of one row have folders
 * of their own.
 */
export function sharedLogWarnings(
  { tasks, locate }: Pick<Config, "tasks" | "locate">,
  dirs: readonly (readonly string[])[],
): readonly Diagnostic[] {
  if (tasks.length < 2) return [];
  const writes = tasks.flatMap(({ out, err }, row) => {
    const logs = [out, err].filter((log) => log !== null).map(normalise);
    return dirs[row]!.flatMap((dir) =>
      [...new Set(logs)].map((log) => ({ row, file: join(dir, log) }))
    );
  });
  const shared = [...Map.groupBy(writes, ({ file }) => file)]
    .map(([file, each]) => ({ file, rows: each.map(({ row }) => row) }))
    .filter(({ rows }) => rows.length > 1);
  return [...Map.groupBy(shared, ({ rows }) => rows.join()).values()].map(
    (group) => {
      const places = group[0]!.rows.map((row) => locate("task_list", row));
      const lines = places.map(({ line }) => `${line}`);
      return {
        location: places.at(-1)!,
        message: `the tasks of lines ${few(lines)} write into the same files: ${
          few(group.map(({ file }) => JSON.stringify(file)))
        }; give each task an outlog and errlog of its own`,
      };
    },
  );
}

function few(words: readonly string[]): string {
  const rest = words.length - MAX_NAMED;
  return rest > 0
    ? `${words.slice(0, MAX_NAMED).join(", ")} and ${rest} more`
    : joinWords(words, "and");
}
