import type { CancelReason } from "../../model/event.ts";
import type { ExitReason, ExitReasonKind } from "../../model/exit_reason.ts";

/** Why a job ended; null where there is nothing to report. */
const descriptions: Readonly<Record<ExitReasonKind, string | null>> = {
  completed: null,
  superseded: null,
  disappeared: "disappeared from the queue without an exit record",
  cancelled: "was cancelled, but not by dpdisp",
  timeLimit: "exceeded its time limit",
  outOfMemory: "ran out of memory",
  nodeFailure: "ended because its node failed",
  preempted: "was preempted",
  rejected: "was rejected by the batch system",
  neverSeen: "was submitted, but never appeared in the queue",
};

/**
 * `ran out of memory (OUT_OF_MEMORY)`: the first line of the batch system's
 * message is quoted, and "…" stands for further lines. Null where the exit
 * codes of the tasks say enough.
 */
export function describeExitReason(
  { kind, message }: ExitReason,
): string | null {
  const description = descriptions[kind];
  const [first = "", ...others] = message?.trim().split("\n") ?? [];
  const more = others.length > 0 ? " …" : "";
  return description === null || first === ""
    ? description
    : `${description} (${first}${more})`;
}

/** Why jobs are cancelled; null: the user asked for it. */
export const cancelReasons: Readonly<Record<CancelReason, string | null>> = {
  ratio: "the remaining tasks may stay unfinished (ratio_unfinished)",
  "fail-fast": "a task failed (--fail-fast)",
  cancel: null,
  neverRuns: "the batch system can never run it",
  outdated: "the script or an input changed",
};
