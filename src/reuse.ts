/** Which results of a closed run still stand. */
import { isResult } from "./deleted.ts";
import type { Collected, Event, Stamp } from "./event.ts";
import type { Plan, TaskKey } from "./job.ts";
import type { Files } from "./world.ts";

/** What the past brought home of the plan's tasks and looks now as it did then. A log is a result only where backward_files matches it. */
export function unchangedResults(
  past: readonly Event[],
  { tasks, base }: Plan,
  files: Files,
): readonly Collected[] {
  const done = new Set(
    past.flatMap((event) =>
      event.type === "exited" && event.code === 0 ? [event.task] : []
    ),
  );
  const results = new Map<TaskKey, Collected>();
  for (const event of past) {
    if (event.type === "reused") {
      for (const each of event.results) results.set(each.task, each);
    }
    if (event.type !== "collected") continue;
    for (const each of event.results) {
      if (done.has(each.task)) results.set(each.task, each);
    }
  }
  const isUnchanged = ({ path, bytes, modified }: Stamp) => {
    const now = files.stat(`${base}/${path}`);
    return now?.bytes === bytes && now.modified === modified;
  };
  return tasks.flatMap((task) => {
    const result = results.get(task.key);
    const stands = result?.missing.length === 0 &&
      result.files.every((file) => !isResult(task, file) || isUnchanged(file));
    return stands ? [result] : [];
  });
}
