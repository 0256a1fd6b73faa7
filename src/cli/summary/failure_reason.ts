/** Why a task failed, in words. */
import type { TaskStanding } from "../../model/run_state/mod.ts";
import { causeWords } from "../wording/exit_reasons.ts";
import { exitWords } from "../wording/exit_codes.ts";
import { jobTitle } from "../progress/event_lines.ts";
import type { Scene } from "../run_view.ts";

/** An exit code of its own, with what ended it from outside; else what became of its job. */
export function reasonOf(standing: TaskStanding, scene: Scene): string {
  const { code, job, started } = standing;
  const words = fateOf(standing, scene);
  const fate = words === null || job === null
    ? null
    : `its ${jobTitle(scene.progress, job)} ${words}`;
  if (code !== null && code !== 0) {
    return fate === null ? exitWords(code) : `${exitWords(code)}; ${fate}`;
  }
  if (fate !== null) return fate;
  return started === null ? "it never started" : "it never came to its end";
}

/** What became of its job, where that may have ended it; null: it came to its end by itself. */
export function fateOf(
  { code, job }: TaskStanding,
  { progress }: Scene,
): string | null {
  const isOwnExit = code !== null && code > 0 && code <= 128;
  const cause = job === null ? null : progress.jobs.get(job)?.cause;
  return cause && !isOwnExit ? causeWords(cause) : null;
}
