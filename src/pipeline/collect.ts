import type { TaskKey } from "../model/job.ts";
import { type RunState, taskOf } from "../model/run_state/mod.ts";
import { filesAt } from "../schema/backend_kinds.ts";
import type { Plan } from "../model/plan.ts";
import type { CollectRequest } from "../model/backend_messages.ts";

/**
 * Of a task that is done its results, and of every task its logs, unless they
 * are at home already; in the order of `keys`.
 */
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
  const isInPlace = filesAt(plan.config.machine.context) === "local directory";
  return keys.map((key) => {
    const { dir, outputs, stdoutFile, stderrFile } = byKey.get(key)!;
    const isDone = taskOf(progress, key).state === "succeeded";
    const logs = isInPlace
      ? []
      : [stdoutFile, stderrFile].filter((name) => name !== null);
    return { dir, required: isDone ? outputs : [], optional: logs };
  });
}
