import { restAfter } from "../../text/retry.ts";
import type { TaskStanding } from "./state.ts";
import type { Cause, CauseKind } from "../exit_reason.ts";

/** What the end of a job means for its unfinished tasks. */
const RETRY: Readonly<Record<CauseKind, "counted" | "free" | "never">> = {
  script: "counted",
  died: "counted",
  cancelled: "never",
  left: "free",
  unseen: "free",
  node: "free",
  preempted: "free",
  timeLimit: "never",
  memory: "never",
  refused: "never",
};

/** Exit codes of a command that could not be run: not found, not executable (POSIX sh, 2.8.2). */
const CANNOT_RUN = [126, 127];

/** Before a task is tried again. */
const RESTS = { restsMs: [1, 2, 4, 8, 16, 32, 60].map((s) => 1000 * s) };

/** What a task that did not succeed is left with once its job is over. */
export function afterEnd(
  task: TaskStanding,
  { kind }: Cause,
  at: number,
): Partial<TaskStanding> {
  const ran = task.state === "running" || task.code !== null;
  const rule = ran || kind === "script" || kind === "cancelled" ||
      kind === "refused"
    ? RETRY[kind]
    : "free";
  const hopeless = rule === "never" || CANNOT_RUN.includes(task.code ?? 0);
  const tries = hopeless ? Infinity : task.tries + (rule === "counted" ? 1 : 0);
  const losses = task.losses + (rule === "free" ? 1 : 0);
  return { tries, losses, notBefore: at + restAfter(RESTS, tries + losses) };
}
