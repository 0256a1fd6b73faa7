import { taskOf, type TrackedTask } from "../../model/run_state/mod.ts";
import { filesAt } from "../../schema/backend_kinds.ts";
import { outPath, runDirectory } from "../../script/remote_layout.ts";
import { shortened } from "../../text/excerpt.ts";
import { join, normalise } from "../../text/path.ts";
import { withoutColors } from "../../text/visible.ts";
import type { Files } from "../../environment/environment.ts";
import type { Plan, Task } from "../../model/plan.ts";
import type { PlanAndState } from "../run_view.ts";

/** The end of a log. */
export interface LogTail {
  /** Where it is from: `/work/t1/err ends with:`; or why there is none. */
  readonly title: string;
  /** At most 10, without colours; empty where there is none. */
  readonly lines: readonly string[];
}

/** The end of its log, or where the log should be. */
export function readTaskLog(
  task: Task,
  view: PlanAndState,
  files: Files,
): LogTail {
  const tracked = taskOf(view.progress, task.key);
  const { title, lines } = tracked.started === null
    ? excerptOfJob(tracked, view, files)
    : excerptOfTask(task, view, files);
  return { title, lines: lines.map((line) => withScriptName(line, view.plan)) };
}

/** A log on this machine. */
interface LocalLog {
  readonly path: string;
  /** Where the output of the last attempt begins, in bytes; null: not known. */
  readonly from: number | null;
}

/** Where its logs may be, the error log first. */
export function logsOf(
  { key, dir, stderrFile, stdoutFile }: Task,
  { plan, progress }: PlanAndState,
): readonly LocalLog[] {
  const { started, job, renamedLogs, logs, logBytes } = taskOf(progress, key);
  if (started !== null) {
    const lengths = new Map([
      [stdoutFile, logBytes?.stdout],
      [stderrFile, logBytes?.stderr],
    ]);
    const names = [...new Set([stderrFile, stdoutFile])].filter((name) =>
      name !== null
    );
    const moved = new Map(
      renamedLogs.map(({ path, savedAs }) => [path, savedAs]),
    );
    const paths = names.map((name) => {
      const path = normalise(join(dir, name));
      return {
        path: moved.get(path) ?? path,
        from: lengths.get(name) ?? null,
      };
    });
    // A file of that name that was not collected is the user's own, not the log of this task.
    const collected = new Set(logs.map(({ path }) => path));
    return paths.filter(({ path }) =>
      plan.remoteDir === plan.localDir || collected.has(path)
    )
      .map(({ path, from }) => ({ path: join(plan.localDir, path), from }));
  }
  return job !== null && sharesFiles(plan)
    ? [{ path: jobLog(job, { plan, progress }), from: null }]
    : [];
}

/** The local log, one with text of the last attempt before another; null where there is none. */
export function localLog(
  task: Task,
  view: PlanAndState,
  files: Files,
): string | null {
  const { logs } = taskOf(view.progress, task.key);
  // To ask the file system about the logs of thousands of tasks takes seconds.
  const collected = new Map(
    logs.map(({ path, bytes }) => [join(view.plan.localDir, path), bytes]),
  );
  const found = logsOf(task, view).flatMap(({ path, from }) => {
    const bytes = collected.get(path) ?? fileBytes(path, files);
    return bytes === null ? [] : [{ path, written: bytes - (from ?? 0) }];
  });
  return (found.find(({ written }) => written !== 0) ?? found[0])?.path ?? null;
}

function fileBytes(path: string, files: Files): number | null {
  const stat = files.stat(path);
  return stat?.kind === "file" ? stat.bytes : null;
}

/** Whether the files of its tasks are on this machine. */
export function sharesFiles({ config: { machine } }: Plan): boolean {
  return filesAt(machine.context) !== "elsewhere";
}

/** The job's own output, which the batch system writes on the remote host. */
function jobLog(job: string, { plan, progress }: PlanAndState): string {
  const root = progress.remote?.remoteDir ?? plan.remoteDir;
  return `${runDirectory(root, plan.runKey)}/${outPath(job)}`;
}

/** For a task that never started: a log in its directory would be from an earlier run. */
function excerptOfJob(
  { job }: TrackedTask,
  view: PlanAndState,
  files: Files,
): LogTail {
  if (job === null) return withoutLog("");
  const path = jobLog(job, view);
  const tail = sharesFiles(view.plan) ? logTail(path, files) : null;
  if (tail === null) {
    return withoutLog(
      `the output of its job, if any, is in ${remotePath(path, view)}`,
    );
  }
  return tail.length === 0
    ? withoutLog(`its job wrote nothing to ${path}`)
    : { title: `${path} ends with:`, lines: tail };
}

/** The error log, or the other log where that one is empty; else where they should be. */
function excerptOfTask(task: Task, view: PlanAndState, files: Files): LogTail {
  const logs = logsOf(task, view).map(({ path, from }) => ({
    ...{ path, from },
    tail: logTail(path, files, from ?? 0),
  }));
  const written = logs.find(({ tail }) => tail !== null && tail.length > 0);
  if (written) {
    const note = written.from === null && hasEarlierAttempt(task, view)
      ? " (each attempt appends to it)"
      : "";
    return {
      title: `${written.path}${note} ends with:`,
      lines: written.tail!,
    };
  }
  if (task.stderrFile === null && task.stdoutFile === null) {
    return withoutLog("it has no log (outlog and errlog are null)");
  }
  const empty = logs.filter(({ tail }) => tail !== null);
  if (empty.length > 0) {
    const paths = empty.map(({ path }) => path).join(" and ");
    return withoutLog(
      empty.some(({ from }) => (from ?? 0) > 0)
        ? `this attempt wrote nothing to ${paths}`
        : `nothing was written to ${paths}`,
    );
  }
  const { plan, progress } = view;
  const dir = join(progress.remote?.remoteDir ?? plan.remoteDir, task.dir);
  const path = join(dir, (task.stderrFile ?? task.stdoutFile)!);
  return withoutLog(`its log, if any, is ${remotePath(path, view)}`);
}

/** A remote path, marked as such where the remote host is another computer. */
function remotePath(
  path: string,
  { plan }: Pick<PlanAndState, "plan">,
): string {
  return sharesFiles(plan) ? path : `${path} on the remote host`;
}

/** True where its tasks were in an earlier job: the log may end with the output of an earlier attempt. */
function hasEarlierAttempt(
  { key }: Task,
  { progress }: Pick<PlanAndState, "progress">,
): boolean {
  const job = taskOf(progress, key).job;
  return job !== null && (progress.jobs.get(job)?.supersedes.length ?? 0) > 0;
}

function withoutLog(title: string): LogTail {
  return { title, lines: [] };
}

const LINES = 10;
const LINE_WIDTH = 200;
/** A larger log is not opened. */
export const MOST_BYTES = 64 * 2 ** 20;

/**
 * The last lines after byte `from`; null where the log cannot be read or is too
 * large, [] where nothing is there. A log that is shorter was written anew.
 */
export function logTail(
  path: string,
  files: Files,
  from = 0,
): readonly string[] | null {
  const stat = files.stat(path);
  if (stat?.kind !== "file" || stat.bytes > MOST_BYTES) return null;
  const bytes = files.read(path);
  if (bytes === null) return null;
  const written = bytes.subarray(from > bytes.length ? 0 : from);
  const end = new TextDecoder().decode(
    written.subarray(-LINES * LINE_WIDTH * 4),
  );
  return end.trimEnd().split("\n").slice(-LINES).map(lastState).filter((
    line,
    at,
  ) => line !== "" || at > 0);
}

/** Python names the copy that it runs; its lines have the numbers of the script's own. */
function withScriptName(line: string, { config, script, remoteDir }: Plan) {
  const { path } = config.script;
  return line.replaceAll(join(remoteDir, script.name), path)
    .replaceAll(script.name, path.slice(path.lastIndexOf("/") + 1));
}

/** Without colours; of a progress bar that redraws itself with `\r` only the last state. */
function lastState(line: string): string {
  const plain = withoutColors(line.replace(/\r$/, ""));
  const shown = plain.slice(plain.lastIndexOf("\r") + 1).trimEnd();
  return shortened(shown, LINE_WIDTH);
}
