import { taskOf, type TrackedTask } from "../../model/run_state/mod.ts";
import { filesAt } from "../../schema/backend_kinds.ts";
import { outPath, runDirectory } from "../../script/remote_layout.ts";
import { join, normalise } from "../../text/path.ts";
import type { Files } from "../../environment/environment.ts";
import { logTail } from "./log_tail.ts";
import type { Plan, Task } from "../../model/plan.ts";
import type { RunView } from "../run_view.ts";

/** Lines for the screen, and the end of the log as text. */
export interface LogExcerpt {
  readonly lines: readonly string[];
  readonly text: string;
}

/** The end of its log, or where the log should be. */
export function readTaskLog(
  task: Task,
  view: RunView,
  files: Files,
): LogExcerpt {
  const tracked = taskOf(view.progress, task.key);
  return tracked.started === null
    ? excerptOfJob(tracked, view, files)
    : excerptOfTask(task, view, files);
}

/** Absolute local paths where its logs may be, the error log first. */
export function logPaths(
  { key, dir, stderrFile, stdoutFile }: Task,
  { plan, progress }: RunView,
): readonly string[] {
  const { started, job, beside, logs } = taskOf(progress, key);
  if (started !== null) {
    const names = [...new Set([stderrFile, stdoutFile])].filter((name) =>
      name !== null
    );
    const moved = new Map(beside.map(({ path, instead }) => [path, instead]));
    const paths = names.map((name) => {
      const path = normalise(join(dir, name));
      return moved.get(path) ?? path;
    });
    // A file of that name that was not collected is the user's own, not the log of this task.
    const collected = new Set(logs);
    return paths.filter((path) =>
      plan.remoteDir === plan.localDir || collected.has(path)
    )
      .map((path) => join(plan.localDir, path));
  }
  return job !== null && sharesFiles(plan)
    ? [jobLog(job, { plan, progress })]
    : [];
}

/** The local log, one with text before an empty one; null where there is none. */
export function localLog(
  task: Task,
  view: RunView,
  files: Files,
): string | null {
  const found = logPaths(task, view).flatMap((path) => {
    const stat = files.stat(path);
    return stat?.kind === "file" ? [{ path, bytes: stat.bytes }] : [];
  });
  return (found.find(({ bytes }) => bytes > 0) ?? found[0])?.path ?? null;
}

/** Whether the files of its tasks are on this machine. */
export function sharesFiles({ config: { machine } }: Plan): boolean {
  return filesAt(machine.context) !== "elsewhere";
}

type PlanAndState = Pick<RunView, "plan" | "progress">;

/** The job's own output, which the batch system writes on the remote host. */
function jobLog(job: string, { plan, progress }: PlanAndState): string {
  const root = progress.remote?.root ?? plan.remoteDir;
  return `${runDirectory(root, plan.runKey)}/${outPath(job)}`;
}

/** For a task that never started: a log in its directory would be from an earlier run. */
function excerptOfJob(
  { job }: TrackedTask,
  view: RunView,
  files: Files,
): LogExcerpt {
  if (job === null) return withoutExcerpt();
  const path = jobLog(job, view);
  const tail = sharesFiles(view.plan) ? logTail(path, files) : null;
  if (tail === null) {
    return withoutExcerpt(
      `the output of its job, if any, is in ${remotePath(path, view)}`,
    );
  }
  return tail.length === 0
    ? withoutExcerpt(`its job wrote nothing to ${path}`)
    : excerpt(path, tail);
}

/** The error log, or the other log where that one is empty; else where they should be. */
function excerptOfTask(task: Task, view: RunView, files: Files): LogExcerpt {
  const logs = logPaths(task, view).map((path) => ({
    path,
    tail: logTail(path, files),
  }));
  const written = logs.find(({ tail }) => tail !== null && tail.length > 0);
  if (written) {
    const note = hasEarlierAttempt(task, view)
      ? " (each attempt appends to it)"
      : "";
    return excerpt(`${written.path}${note}`, written.tail!);
  }
  if (task.stderrFile === null && task.stdoutFile === null) {
    return withoutExcerpt("it has no log (outlog and errlog are null)");
  }
  const empty = logs.filter(({ tail }) => tail !== null);
  if (empty.length > 0) {
    const paths = empty.map(({ path }) => path);
    return withoutExcerpt(`nothing was written to ${paths.join(" and ")}`);
  }
  const { plan, progress } = view;
  const dir = join(progress.remote?.root ?? plan.remoteDir, task.dir);
  const path = join(dir, (task.stderrFile ?? task.stdoutFile)!);
  return withoutExcerpt(`its log, if any, is ${remotePath(path, view)}`);
}

/** A remote path, marked as such where the remote host is another computer. */
function remotePath(path: string, { plan }: RunView): string {
  return sharesFiles(plan) ? path : `${path} on the remote host`;
}

/** True where its tasks were in an earlier job: the log may end with the output of an earlier attempt. */
function hasEarlierAttempt({ key }: Task, { progress }: RunView): boolean {
  const job = taskOf(progress, key).job;
  return job !== null && (progress.jobs.get(job)?.after.length ?? 0) > 0;
}

function withoutExcerpt(...lines: readonly string[]): LogExcerpt {
  return { lines: lines.map((line) => `  ${line}`), text: "" };
}

function excerpt(what: string, tail: readonly string[]): LogExcerpt {
  return {
    lines: [`  ${what} ends with:`, ...tail.map((line) => `    | ${line}`)],
    text: tail.join("\n"),
  };
}
