import type { TaskKey } from "../model/job.ts";
import { type Progress, taskOf } from "../model/run_state/mod.ts";
import type { Plan } from "../model/plan.ts";
import type { Wanted } from "../model/backend_messages.ts";

/**
 * Of a task that is done its results, and of every task its logs, unless they
 * are at home already; in the order of `keys`.
 */
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
    const isInPlace = plan.root === plan.base;
    const logs = isInPlace ? [] : [out, err].filter((name) => name !== null);
    return { dir, patterns: isDone ? outputs : [], maybe: logs };
  });
}
