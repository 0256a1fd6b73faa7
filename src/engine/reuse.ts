/** Which results of a closed run still stand. */
import { isResult } from "./deleted_results.ts";
import type { CollectedTask, Event, FileStamp } from "../model/event.ts";
import type { TaskKey } from "../model/job.ts";
import type { Files } from "../environment/environment.ts";
import type { Plan } from "../model/plan.ts";

/** What the past brought home of the plan's tasks and looks now as it did then. A log is a result only where backward_files matches it. */
export function unchangedResults(
  past: readonly Event[],
  { tasks, localDir }: Plan,
  files: Files,
): readonly CollectedTask[] {
  const done = new Set(
    past.flatMap((event) =>
      event.type === "taskExited" && event.code === 0 ? [event.task] : []
    ),
  );
  const results = new Map<TaskKey, CollectedTask>();
  for (const event of past) {
    if (event.type === "resultsReused") {
      for (const each of event.results) results.set(each.task, each);
    }
    if (event.type !== "collected") continue;
    for (const each of event.results) {
      if (done.has(each.task)) results.set(each.task, each);
    }
  }
  const isUnchanged = ({ path, bytes, modified }: FileStamp) => {
    const now = files.stat(`${localDir}/${path}`);
    return now?.bytes === bytes && now.modified === modified;
  };
  return tasks.flatMap((task) => {
    const result = results.get(task.key);
    const stands = result?.missing.length === 0 &&
      result.files.every((file) => !isResult(task, file) || isUnchanged(file));
    return stands ? [result] : [];
  });
}
