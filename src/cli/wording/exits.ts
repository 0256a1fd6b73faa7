/** Exit codes of tasks and exit reasons of jobs, in words. */
import type { CancelReason } from "../../model/event.ts";
import type { TrackedTask } from "../../model/run_state/mod.ts";
import { repeatsFailure } from "../../model/run_state/retry_policy.ts";
import { formatDuration } from "../../text/format.ts";
import type { ExitReason, ExitReasonKind } from "../../model/exit_reason.ts";

/** Numbers of man 7 signal that are the same on Linux (x86, ARM) and macOS. */
const SIGNALS: Readonly<Record<number, string>> = {
  1: "hung up",
  2: "interrupted",
  3: "quit",
  4: "illegal instruction",
  5: "trace trap",
  6: "aborted",
  8: "arithmetic error",
  9: "killed",
  11: "segmentation fault",
  13: "broken pipe",
  14: "alarm",
  15: "terminated",
  24: "CPU time limit",
  25: "file size limit",
};

/** POSIX sh, 2.8.2; 124 is the exit code of `timeout` (coreutils). */
const CODES: Readonly<Record<number, string>> = {
  124: "timed out",
  126: "found, but not executable",
  127: "command not found",
};

/** `exit 1`, `exit 127: command not found`, `exit 137: killed (signal 9)`. */
export function describeExitCode(code: number): string {
  const signal = code > 128 && code <= 128 + 64 ? code - 128 : 0;
  const meaning = signal > 0
    ? `${SIGNALS[signal] ?? "ended"} (signal ${signal})`
    : CODES[code];
  return meaning === undefined ? `exit ${code}` : `exit ${code}: ${meaning}`;
}

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
  failFast: "a task failed (--fail-fast)",
  cancel: null,
  neverRuns: "the batch system can never run it",
  outdated: "the script or an input changed",
};

/** `failed twice in the same way, 0.3 s after its start; not retried`; null where it did not. */
export function describeRepetition(task: TrackedTask): string | null {
  return repeatsFailure(task)
    ? `failed twice in the same way, ${
      formatDuration(1000 * task.failure!.seconds)
    } after its start; not retried`
    : null;
}
