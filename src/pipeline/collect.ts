import type { TaskKey } from "../model/job.ts";
import { type RunState, taskOf } from "../model/run_state/mod.ts";
import type { Plan } from "../model/plan.ts";
import type { CollectRequest } from "../model/backend_messages.ts";

/** For a succeeded task its results, and for every task its logs, in the order of `keys`. */
export function collectRequests(
  plan: Plan,
  state: RunState,
  keys: readonly TaskKey[],
): readonly CollectRequest[] {
  const requested = new Set(keys);
  const byKey = new Map(
    plan.tasks.filter(({ key }) => requested.has(key)).map((
      task,
    ) => [task.key, task]),
  );
  return keys.map((key) => {
    const { dir, outputs, stdoutFile, stderrFile } = byKey.get(key)!;
    const isSucceeded = taskOf(state, key).state === "succeeded";
    const logs = [stdoutFile, stderrFile].filter((name) => name !== null);
    return { dir, required: isSucceeded ? outputs : [], optional: logs };
  });
}
