/** Why a task failed, in words. */
import type { TrackedTask } from "../../model/run_state/mod.ts";
import { describeExitReason } from "../wording/exit_reasons.ts";
import { describeExitCode } from "../wording/exit_codes.ts";
import { jobTitle } from "../progress/event_lines.ts";
import type { RunView } from "../run_view.ts";

/** Its exit code, and why its job ended where that ended the task too. */
export function failureReason(task: TrackedTask, view: RunView): string {
  const { code, job, started } = task;
  const description = jobEndOf(task, view);
  const jobEnd = description === null || job === null
    ? null
    : `its ${jobTitle(view.progress, job)} ${description}`;
  if (code !== null && code !== 0) {
    return jobEnd === null
      ? describeExitCode(code)
      : `${describeExitCode(code)}; ${jobEnd}`;
  }
  if (jobEnd !== null) return jobEnd;
  return started === null ? "it never started" : "it did not finish";
}

/** Why its job ended, where that may have ended the task; null where the task ended by itself. */
export function jobEndOf(
  { code, job }: TrackedTask,
  { progress }: RunView,
): string | null {
  const isOwnExit = code !== null && code > 0 && code <= 128;
  const exitReason = job === null ? null : progress.jobs.get(job)?.exitReason;
  return exitReason && !isOwnExit ? describeExitReason(exitReason) : null;
}
