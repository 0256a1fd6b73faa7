/** A run as the command line shows it. */
import type { Plan } from "../model/plan.ts";
import type { RunState } from "../model/run_state/mod.ts";
import type { Transfers } from "../model/backend_messages.ts";
import type { TaskKey } from "../model/job.ts";

/** What lines are made from; `progress` includes the event that is reported. */
export interface RunView {
  readonly plan: Plan;
  readonly progress: RunState;
  readonly nameOf: NameOf;
  readonly transfers: () => Transfers;
}

export type NameOf = (key: TaskKey) => string;

/** A task by its directory; where several share one, by directory and command. */
export function taskNames({ tasks }: Pick<Plan, "tasks">): NameOf {
  const seen = new Map<string, number>();
  for (const { dir } of tasks) seen.set(dir, (seen.get(dir) ?? 0) + 1);
  const names = new Map(
    tasks.map(({ key, dir, command }) => [
      key,
      seen.get(dir)! > 1 ? `${shownDir(dir)} (${command})` : shownDir(dir),
    ]),
  );
  // A job of an earlier plan may hold a task that is not in this plan.
  return (key) => names.get(key) ?? key;
}

/** `task1`; `./` for the work base itself. */
export function shownDir(dir: string): string {
  return dir === "." ? "./" : dir;
}
