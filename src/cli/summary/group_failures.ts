import { taskOf } from "../../model/run_state/mod.ts";
import { join } from "../../text/path.ts";
import type { Files } from "../../environment/environment.ts";
import { logPaths, readTaskLog } from "./task_log.ts";
import { failureReason, fateOf } from "./failure_reason.ts";
import { jobTitle } from "../progress/event_lines.ts";
import { MOST_BYTES } from "./log_tail.ts";
import type { Task } from "../../model/plan.ts";
import type { RunView } from "../run_view.ts";

/**
 * Failed tasks by the way they failed, in the order of each way's first. A job's
 * fate is one way, whatever its tasks wrote; else reason, command and the end of
 * the log are the same, but for the task's folder. Where there are too many logs
 * to read, the last tasks are in none.
 */
export function groupFailures(
  tasks: readonly Task[],
  scene: RunView,
  files: Files,
): readonly (readonly Task[])[] {
  const isInReach = reach(scene, files);
  const ways = Map.groupBy(tasks, (task) =>
    wayOfJob(task, scene) ??
      (isInReach(task) ? wayOfItsOwn(task, scene, files) : null));
  ways.delete(null);
  return [...ways.values()];
}

/** Tasks whose logs are read in any case, and at most; and bytes of the logs of all that are not read in any case. */
const READ_ALWAYS = 10;
const READ = 1000;
const READ_BYTES = 256 * 2 ** 20;

/** Logs are read whole: ten thousand, or some huge ones, would keep the report waiting. */
function reach(scene: RunView, files: Files): (task: Task) => boolean {
  const read = { tasks: 0, bytes: 0 };
  return (task) => {
    read.tasks += 1;
    if (read.tasks <= READ_ALWAYS) return true;
    if (read.tasks > READ || read.bytes > READ_BYTES) return false;
    for (const path of logPaths(task, scene)) {
      const bytes = files.stat(path)?.bytes ?? 0;
      // A log above that is not opened.
      if (bytes <= MOST_BYTES) read.bytes += bytes;
    }
    return read.bytes <= READ_BYTES;
  };
}

/** Signals that a program brings upon itself (man 7 signal: ILL, TRAP, ABRT, FPE, SEGV), as exit codes. */
const OWN_FAULTS: readonly number[] = [4, 5, 6, 8, 11].map((signal) =>
  128 + signal
);

/** What ended a whole job; null: the task failed by itself. */
function wayOfJob({ key }: Task, scene: RunView): string | null {
  const standing = taskOf(scene.progress, key);
  const isOwnFault = OWN_FAULTS.includes(standing.code ?? 0);
  return isOwnFault ? null : fateOf(standing, scene);
}

/** What the report says of it but for the names of task and job, tries, host and advice. */
function wayOfItsOwn(task: Task, scene: RunView, files: Files): string {
  const standing = taskOf(scene.progress, task.key);
  const { job } = standing;
  const title = job === null ? "" : jobTitle(scene.progress, job);
  const reason = failureReason(standing, scene).replace(title, "");
  const lines = readTaskLog(task, scene, files).lines.map((line) =>
    job === null ? line : line.replaceAll(`/${job}`, "/")
  );
  const said = withoutFolder(lines.join("\n"), task, scene);
  return JSON.stringify([reason, task.command, said]);
}

/** The text without the task's folder, as a path or as a word of its own. */
function withoutFolder(
  text: string,
  { dir }: Task,
  { plan, progress }: RunView,
): string {
  const root = progress.remote?.remoteDir ?? plan.remoteDir;
  const name = dir.slice(dir.lastIndexOf("/") + 1);
  // A number by itself may count anything.
  const words = [dir, name].filter((word) =>
    word !== "." && Number.isNaN(Number(word))
  );
  const paths = [join(plan.localDir, dir), join(root, dir)];
  const own = [...paths, ...words].map((text) => RegExp.escape(text)).join("|");
  return text.replace(new RegExp(`(?<![\\w.-])(?:${own})(?![\\w-])`, "g"), "");
}
