import { restAfter } from "../../text/retry.ts";
import type { TrackedTask } from "./state.ts";
import type { ExitReason, ExitReasonKind } from "../exit_reason.ts";

/** What the end of a job means for its unfinished tasks. */
const RETRY_RULES: Readonly<
  Record<ExitReasonKind, "counted" | "free" | "never">
> = {
  completed: "counted",
  disappeared: "counted",
  cancelled: "never",
  superseded: "free",
  neverSeen: "free",
  nodeFailure: "free",
  preempted: "free",
  timeLimit: "never",
  outOfMemory: "never",
  rejected: "never",
};

/** Exit codes of a command that could not be run: not found, not executable (POSIX sh, 2.8.2). */
const CANNOT_RUN = [126, 127];

/** Before a task is tried again. */
const RETRY_DELAYS = { restsMs: [1, 2, 4, 8, 16, 32, 60].map((s) => 1000 * s) };

/** What a task that did not succeed is left with once its job is over. */
export function retryChange(
  task: TrackedTask,
  { kind }: ExitReason,
  at: number,
): Partial<TrackedTask> {
  const ran = task.state === "running" || task.code !== null;
  const rule = ran || kind === "completed" || kind === "cancelled" ||
      kind === "rejected"
    ? RETRY_RULES[kind]
    : "free";
  const hopeless = rule === "never" || CANNOT_RUN.includes(task.code ?? 0);
  const tries = hopeless
    ? Infinity
    : task.failedAttempts + (rule === "counted" ? 1 : 0);
  const losses = task.schedulerLosses + (rule === "free" ? 1 : 0);
  return {
    failedAttempts: tries,
    schedulerLosses: losses,
    retryAt: at + restAfter(RETRY_DELAYS, tries + losses),
  };
}
