/** What to bring home of finished tasks. */
import type { Wanted } from "./backends/backend.ts";
import type { Plan, TaskKey } from "./job.ts";
import { type Progress, taskOf } from "./progress.ts";

/** Of a task that is done its results, and of every task its logs, in the order of `keys`. */
export function wantedOf(
  plan: Plan,
  progress: Progress,
  keys: readonly TaskKey[],
): readonly Wanted[] {
  const wanted = new Set(keys);
  const byKey = new Map(
    plan.tasks.filter(({ key }) => wanted.has(key)).map((
      task,
    ) => [task.key, task]),
  );
  return keys.map((key) => {
    const { dir, outputs, out, err } = byKey.get(key)!;
    const isDone = taskOf(progress, key).state === "done";
    const logs = [out, err].filter((name) => name !== null);
    return { dir, patterns: isDone ? outputs : [], maybe: logs };
  });
}
