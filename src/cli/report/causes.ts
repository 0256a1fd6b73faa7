import type { CancelReason, Cause, CauseKind } from "../../event.ts";

/** Why a job is over, where that is worth a word. */
const words: Readonly<Record<CauseKind, string | null>> = {
  script: null,
  left: null,
  died: "is gone and left no word of its end",
  cancelled: "was cancelled from outside",
  timeLimit: "was ended by the scheduler: time limit",
  memory: "was ended by the scheduler: out of memory",
  node: "was lost: its node failed",
  preempted: "was preempted",
  refused: "was refused by the scheduler",
};

/** `was ended by the scheduler: out of memory (oom-kill)`; null where the tasks' own exits tell enough. */
export function causeWords({ kind, said }: Cause): string | null {
  const word = words[kind];
  return word === null || !said ? word : `${word} (${said.trim()})`;
}

export const cancelWords: Readonly<Record<CancelReason, string>> = {
  ratio: "the rest may stay unfinished (ratio_unfinished)",
  "fail-fast": "a task failed (--fail-fast)",
  interrupt: "interrupted",
  cancel: "as asked",
  outdated: "the script or an input changed since",
};
