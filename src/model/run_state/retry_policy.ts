import { restAfter } from "../../text/retry.ts";
import type { AttemptFailure, EventOf, TrackedTask } from "./state.ts";
import type { ExitReason, ExitReasonKind } from "../exit_reason.ts";

/** Whether the end of a job counts as a failed attempt of its unfinished tasks. */
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

/** The unfinished tasks of a job that ended so run again, without a failed attempt. */
export function isFree({ kind }: ExitReason): boolean {
  return RETRY_RULES[kind] === "free";
}

/** Exit codes of a command that could not be run: not found, not executable (POSIX sh, 2.8.2). */
const CANNOT_RUN = [126, 127];

/** Later than this after its start (s), a task has done some work, and the same error may have another cause. */
const MAX_START_SECONDS = 60;

export function failureOf(
  { code, lastingError, remoteTime }: EventOf<"taskExited">,
  started: number | null,
): AttemptFailure | null {
  return code === 0 || !lastingError || started === null
    ? null
    : { lastingError, seconds: remoteTime - started };
}

/** Two counted attempts in a row failed soon after their start with the same lasting error. */
export function repeatsFailure(
  { failure, earlierFailure }: Pick<TrackedTask, "failure" | "earlierFailure">,
): boolean {
  return failure !== null && earlierFailure !== null &&
    failure.lastingError === earlierFailure.lastingError &&
    Math.max(failure.seconds, earlierFailure.seconds) <= MAX_START_SECONDS;
}

/** Before the next attempt of a task. */
const RETRY_DELAYS = { restsMs: [1, 2, 4, 8, 16, 32, 60].map((s) => 1000 * s) };

/** The change of a task that did not succeed when its job ended. */
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
  const isPermanent = rule === "never" || CANNOT_RUN.includes(task.code ?? 0) ||
    rule === "counted" && repeatsFailure(task);
  const attempts = isPermanent
    ? Infinity
    : task.failedAttempts + (rule === "counted" ? 1 : 0);
  const losses = task.schedulerLosses + (rule === "free" ? 1 : 0);
  return {
    failedAttempts: attempts,
    schedulerLosses: losses,
    ...(rule === "counted" && !isPermanent && { earlierFailure: task.failure }),
    retryAt: at + restAfter(RETRY_DELAYS, attempts + losses),
  };
}
