/** Tasks that write to the same log. */
import type { Config } from "../../model/config.ts";
import type { Diagnostic, Locate } from "../../model/diagnostic.ts";
import { join, normalise } from "../../text/path.ts";
import { joinWords } from "../../text/grammar.ts";

/** Lines and files that a message names. */
const MAX_NAMED = 3;

/**
 * A warning for each group of rows of task_list whose tasks share logs, at the
 * last row of the group. `dirs`: the directories of each row. Tasks of one row
 * have different directories.
 */
export function sharedLogWarnings(
  { tasks }: Pick<Config, "tasks">,
  dirs: readonly (readonly string[])[],
  locate: Locate,
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
      const locations = group[0]!.rows.map((row) => locate("task_list", row));
      const lines = locations.map(({ line }) => `${line}`);
      return {
        location: locations.at(-1)!,
        message: `the tasks at lines ${few(lines)} write to the same files: ${
          few(group.map(({ file }) => JSON.stringify(file)))
        }; give each task its own outlog and errlog`,
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
