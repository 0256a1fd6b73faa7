import { taskOf } from "../../model/run_state/mod.ts";
import { join } from "../../text/path.ts";
import type { Files } from "../../environment/environment.ts";
import { logsOf, MOST_BYTES, readTaskLog } from "./task_log.ts";
import { failureReason, jobEndOf } from "./failed_tasks.ts";
import { jobTitle } from "../progress/event_lines.ts";
import type { Task } from "../../model/plan.ts";
import type { PlanAndState } from "../run_view.ts";

/**
 * Groups the failed tasks that failed in the same way, in the order of each
 * group's first task. Tasks whose jobs ended for the same reason are one group,
 * whatever they wrote; else reason, command and the end of the log are the same,
 * except for the task's directory. Where there are too many logs to read, the
 * last tasks are in no group.
 */
export function groupFailures(
  tasks: readonly Task[],
  view: PlanAndState,
  files: Files,
): readonly (readonly Task[])[] {
  const isLogRead = logLimit(view, files);
  const groups = Map.groupBy(tasks, (task) =>
    jobGroupKey(task, view) ??
      (isLogRead(task) ? logGroupKey(task, view, files) : null));
  groups.delete(null);
  return [...groups.values()];
}

/** The logs of so many tasks are always read, whatever their size. */
const MIN_TASKS_READ = 10;
/** The logs of so many tasks are read at most. */
const MAX_TASKS_READ = 1000;
/** Beyond the first tasks, so many bytes of logs are read at most. */
const MAX_BYTES_READ = 256 * 2 ** 20;

/** Logs are read whole, and thousands of them, or some huge ones, would delay the summary. */
function logLimit(view: PlanAndState, files: Files): (task: Task) => boolean {
  const read = { tasks: 0, bytes: 0 };
  return (task) => {
    read.tasks += 1;
    if (read.tasks <= MIN_TASKS_READ) return true;
    if (read.tasks > MAX_TASKS_READ || read.bytes > MAX_BYTES_READ) {
      return false;
    }
    for (const { path } of logsOf(task, view)) {
      const bytes = files.stat(path)?.bytes ?? 0;
      // A larger log is not opened.
      if (bytes <= MOST_BYTES) read.bytes += bytes;
    }
    return read.bytes <= MAX_BYTES_READ;
  };
}

/** Exit codes of the signals that a crash raises (man 7 signal: ILL, TRAP, ABRT, FPE, SEGV). */
const CRASHES: readonly number[] = [4, 5, 6, 8, 11].map((signal) =>
  128 + signal
);

/** The same for tasks whose jobs ended for the same reason; null where the task failed by itself. */
function jobGroupKey({ key }: Task, view: PlanAndState): string | null {
  const tracked = taskOf(view.progress, key);
  const isCrash = CRASHES.includes(tracked.code ?? 0);
  return isCrash ? null : jobEndOf(tracked, view);
}

/** The same for tasks about which the summary says the same, apart from the names of task and job, attempts, host and hints. */
function logGroupKey(task: Task, view: PlanAndState, files: Files): string {
  const tracked = taskOf(view.progress, task.key);
  const { job } = tracked;
  const jobName = job === null ? "" : jobTitle(view.progress, job);
  const reason = failureReason(tracked, view).replace(jobName, "");
  const { title, lines } = readTaskLog(task, view, files);
  const shown = [title, ...lines].map((line) =>
    job === null ? line : line.replaceAll(`/${job}`, "/")
  );
  const text = withoutDirectory(shown.join("\n"), task, view);
  return JSON.stringify([reason, task.command, text]);
}

/** The text without the task's directory, as a path or as a separate word. */
function withoutDirectory(
  text: string,
  { dir }: Task,
  { plan, progress }: PlanAndState,
): string {
  const root = progress.remote?.remoteDir ?? plan.remoteDir;
  const name = dir.slice(dir.lastIndexOf("/") + 1);
  // A number may be anything else.
  const words = [dir, name].filter((word) =>
    word !== "." && Number.isNaN(Number(word))
  );
  const paths = [join(plan.localDir, dir), join(root, dir)];
  const own = [...paths, ...words].map((text) => RegExp.escape(text)).join("|");
  return text.replace(new RegExp(`(?<![\\w.-])(?:${own})(?![\\w-])`, "g"), "");
}
