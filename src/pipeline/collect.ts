import type { TaskKey } from "../model/job.ts";
import { type RunState, taskOf } from "../model/run_state/mod.ts";
import type { Plan } from "../model/plan.ts";
import type { CollectRequest } from "../model/backend_messages.ts";

/** Of a task that succeeded its results, and of every task its logs, in the order of `keys`. */
export function collectRequests(
  plan: Plan,
  progress: RunState,
  keys: readonly TaskKey[],
): readonly CollectRequest[] {
  const wanted = new Set(keys);
  const byKey = new Map(
    plan.tasks.filter(({ key }) => wanted.has(key)).map((
      task,
    ) => [task.key, task]),
  );
  return keys.map((key) => {
    const { dir, outputs, stdoutFile, stderrFile } = byKey.get(key)!;
    const isDone = taskOf(progress, key).state === "succeeded";
    const logs = [stdoutFile, stderrFile].filter((name) => name !== null);
    return { dir, required: isDone ? outputs : [], optional: logs };
  });
}
