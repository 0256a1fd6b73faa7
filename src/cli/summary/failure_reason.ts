/** Why a task failed, in words. */
import type { TrackedTask } from "../../model/run_state/mod.ts";
import { describeExitReason } from "../wording/exit_reasons.ts";
import { describeExitCode } from "../wording/exit_codes.ts";
import { jobTitle } from "../progress/event_lines.ts";
import type { RunView } from "../run_view.ts";

/** An exit code of its own, with what ended it from outside; else what became of its job. */
export function failureReason(standing: TrackedTask, scene: RunView): string {
  const { code, job, started } = standing;
  const words = fateOf(standing, scene);
  const fate = words === null || job === null
    ? null
    : `its ${jobTitle(scene.progress, job)} ${words}`;
  if (code !== null && code !== 0) {
    return fate === null
      ? describeExitCode(code)
      : `${describeExitCode(code)}; ${fate}`;
  }
  if (fate !== null) return fate;
  return started === null ? "it never started" : "it never came to its end";
}

/** What became of its job, where that may have ended it; null: it came to its end by itself. */
export function fateOf(
  { code, job }: TrackedTask,
  { progress }: RunView,
): string | null {
  const isOwnExit = code !== null && code > 0 && code <= 128;
  const cause = job === null ? null : progress.jobs.get(job)?.exitReason;
  return cause && !isOwnExit ? describeExitReason(cause) : null;
}
