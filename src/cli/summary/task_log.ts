import { taskOf, type TrackedTask } from "../../model/run_state/mod.ts";
import type { ContextName } from "../../schema/names.ts";
import { outPath, runDirectory } from "../../script/remote_layout.ts";
import { join, normalise } from "../../text/path.ts";
import type { Files } from "../../environment/environment.ts";
import { logTail } from "./log_tail.ts";
import type { Plan, Task } from "../../model/plan.ts";
import type { RunView } from "../run_view.ts";

/** Lines for the screen, and the end of the log as text. */
export interface Words {
  readonly lines: readonly string[];
  readonly text: string;
}

/** The end of its log, or where that should be. */
export function readTaskLog(task: Task, scene: RunView, files: Files): Words {
  const standing = taskOf(scene.progress, task.key);
  return standing.started === null
    ? jobsWords(standing, scene, files)
    : lastWords(task, scene, files);
}

/** Absolute paths of this machine where its logs may be; the one that tells most comes first. */
export function logPaths(
  { key, dir, stderrFile, stdoutFile }: Task,
  { plan, progress }: RunView,
): readonly string[] {
  const { started, job, renamedLogs } = taskOf(progress, key);
  if (started !== null) {
    const names = [...new Set([stderrFile, stdoutFile])].filter((name) =>
      name !== null
    );
    const moved = new Map(
      renamedLogs.map(({ path, savedAs }) => [path, savedAs]),
    );
    return names.map((name) => {
      const path = normalise(join(dir, name));
      return join(plan.localDir, moved.get(path) ?? path);
    });
  }
  return job !== null && sharesFiles(plan)
    ? [jobsLog(job, { plan, progress })]
    : [];
}

/** The log that is on this machine, one with words before an empty one; null: none is. */
export function localLog(
  task: Task,
  scene: RunView,
  files: Files,
): string | null {
  const found = logPaths(task, scene).flatMap((path) => {
    const stat = files.stat(path);
    return stat?.kind === "file" ? [{ path, bytes: stat.bytes }] : [];
  });
  return (found.find(({ bytes }) => bytes > 0) ?? found[0])?.path ?? null;
}

/** Contexts whose execution side is this machine. */
const SHARES_FILES: readonly ContextName[] = [
  "LazyLocalContext",
  "LocalContext",
];

export function sharesFiles({ config: { machine } }: Plan): boolean {
  return SHARES_FILES.includes(machine.context);
}

type Place = Pick<RunView, "plan" | "progress">;

/** What the scheduler caught of the job's own output, on the execution side. */
function jobsLog(job: string, { plan, progress }: Place): string {
  const root = progress.remote?.remoteDir ?? plan.remoteDir;
  return `${runDirectory(root, plan.runKey)}/${outPath(job)}`;
}

/** What tells of a task that never began: a log in its folder would be an earlier run's. */
function jobsWords({ job }: TrackedTask, scene: RunView, files: Files): Words {
  if (job === null) return withoutText();
  const path = jobsLog(job, scene);
  const tail = sharesFiles(scene.plan) ? logTail(path, files) : null;
  if (tail === null) {
    return withoutText(
      `its job's output is ${placed(path, scene)}, if anywhere`,
    );
  }
  return tail.length === 0
    ? withoutText(`its job wrote nothing to ${path}`)
    : shownEnd(path, tail);
}

/** The error log, or where it says nothing the log; else where it should be. */
function lastWords(task: Task, scene: RunView, files: Files): Words {
  const logs = logPaths(task, scene).map((path) => ({
    path,
    tail: logTail(path, files),
  }));
  const telling = logs.find(({ tail }) => tail !== null && tail.length > 0);
  if (telling) {
    const note = wasTriedBefore(task, scene) ? " (each try appends to it)" : "";
    return shownEnd(`${telling.path}${note}`, telling.tail!);
  }
  if (logs.length === 0) {
    return withoutText("it has no log (outlog and errlog are null)");
  }
  const empty = logs.filter(({ tail }) => tail !== null);
  if (empty.length > 0) {
    const paths = empty.map(({ path }) => path);
    return withoutText(`nothing was written to ${paths.join(" and ")}`);
  }
  const { plan, progress } = scene;
  const folder = join(progress.remote?.remoteDir ?? plan.remoteDir, task.dir);
  const far = join(folder, (task.stderrFile ?? task.stdoutFile)!);
  return withoutText(`its log is ${placed(far, scene)}, if anywhere`);
}

/** A path of the execution side, said to be there where that is not this machine. */
function placed(path: string, { plan }: RunView): string {
  return sharesFiles(plan) ? path : `${path} on the execution side`;
}

/** Its tasks were in a job before this one: the log may end with an earlier try's words. */
function wasTriedBefore({ key }: Task, { progress }: RunView): boolean {
  const job = taskOf(progress, key).job;
  return job !== null && (progress.jobs.get(job)?.supersedes.length ?? 0) > 0;
}

function withoutText(...lines: readonly string[]): Words {
  return { lines: lines.map((line) => `  ${line}`), text: "" };
}

function shownEnd(what: string, tail: readonly string[]): Words {
  return {
    lines: [`  ${what} ends with:`, ...tail.map((line) => `    | ${line}`)],
    text: tail.join("\n"),
  };
}
