import type { CancelReason } from "../../model/event.ts";
import type { ExitReason, ExitReasonKind } from "../../model/exit_reason.ts";

/** Why a job is over, where that is worth a word. */
const words: Readonly<Record<ExitReasonKind, string | null>> = {
  completed: null,
  superseded: null,
  disappeared: "is gone and left no word of its end",
  cancelled: "was cancelled from outside",
  timeLimit: "was ended by the scheduler: time limit",
  outOfMemory: "was ended by the scheduler: out of memory",
  nodeFailure: "was lost: its node failed",
  preempted: "was preempted",
  rejected: "was refused by the scheduler",
  neverSeen: "was handed over and never seen",
};

/**
 * `was ended by the scheduler: out of memory (oom-kill)`, with the first line
 * of what was said, and "…" for others; null where the tasks' own exits tell enough.
 */
export function describeExitReason(
  { kind, message }: ExitReason,
): string | null {
  const word = words[kind];
  const [first = "", ...others] = message?.trim().split("\n") ?? [];
  const more = others.length > 0 ? " …" : "";
  return word === null || first === "" ? word : `${word} (${first}${more})`;
}

export const cancelWords: Readonly<Record<CancelReason, string>> = {
  ratio: "the rest may stay unfinished (ratio_unfinished)",
  "fail-fast": "a task failed (--fail-fast)",
  cancel: "as asked",
  outdated: "the script or an input changed since",
};
