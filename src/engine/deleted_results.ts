/** Which finished tasks run again, because the user deleted their results. */
import type { EventData, FileStamp } from "../model/event.ts";
import type { RunState, TrackedTask } from "../model/run_state/mod.ts";
import { runsInPlace } from "../schema/backend_kinds.ts";
import { isBytesName } from "../text/bytes_name.ts";
import { glob, nameMatcher } from "../text/glob.ts";
import { join, normalise, parent } from "../text/path.ts";
import type { Files } from "../environment/environment.ts";
import type { Plan, Task } from "../model/plan.ts";

type ResultsLost = Extract<EventData, { type: "resultsLost" }>;

/** The event names one path of each of the first tasks. */
const MAX_EXAMPLES = 3;

/**
 * Users delete results to run a task again. A result that was
 * edited does not count; a log is a result only where backward_files matches it.
 * Null: all collected results still exist.
 */
export function deletedResults(
  { tasks, commonFiles, isCommonCollected }: RunState,
  plan: Plan,
  files: Files,
): ResultsLost | null {
  const isDeleted = (path: string) => !exists(join(plan.localDir, path), files);
  const found = plan.tasks.flatMap((task) => {
    const tracked = tasks.get(task.key);
    if (tracked?.state !== "succeeded") return [];
    const path = deletedResult(task, tracked, isDeleted) ??
      missingInPlace(task, tracked, plan, files);
    return path === undefined ? [] : [{ key: task.key, path }];
  });
  const common = isCommonCollected
    ? commonFiles.find(({ path }) => isDeleted(path))?.path
    : undefined;
  if (found.length === 0 && common === undefined) return null;
  return {
    type: "resultsLost",
    tasks: found.map(({ key }) => key),
    deleted: found.length === 0
      ? [common!]
      : found.slice(0, MAX_EXAMPLES).map(({ path }) => path),
  };
}

/** The first of a task's collected results that no longer exists. */
function deletedResult(
  task: Task,
  { isCollected, files }: TrackedTask,
  isDeleted: (path: string) => boolean,
): string | undefined {
  if (!isCollected) return undefined;
  return files.find((stamp) => isResult(task, stamp) && isDeleted(stamp.path))
    ?.path;
}

/**
 * In place a result is local before it is collected. Where dpdisp
 * died in between, a missing result was deleted or never written: the task
 * runs again only once, because its results are collected afterwards.
 */
function missingInPlace(
  { dir, outputs }: Task,
  { isCollected }: TrackedTask,
  { localDir, config }: Plan,
  files: Files,
): string | undefined {
  if (isCollected || !runsInPlace(config.machine.context)) return undefined;
  const missing = outputs.find((pattern) =>
    glob(pattern, join(localDir, dir), files)?.length === 0
  );
  return missing && join(dir, missing);
}

/** The file matches backward_files, or is in a directory that matches. */
export function isResult({ dir, outputs }: Task, { path }: FileStamp): boolean {
  const parts = path.split("/");
  return outputs.some((pattern) => {
    const whole = normalise(join(dir, pattern));
    const steps = whole.split("/");
    return whole === "." || steps.length <= parts.length &&
        steps.every((step, at) =>
          step === parts[at] || nameMatcher(step)(parts[at]!)
        );
  });
}

/** A file whose name is not UTF-8 can only be found in the listing of its directory. */
function exists(path: string, files: Files): boolean {
  if (!isBytesName(path)) return files.stat(path) !== null;
  const directory = parent(path);
  if (isBytesName(directory)) return exists(directory, files);
  const last = path.slice(directory.length + 1);
  return files.list(directory)?.some(({ name }) => name === last) ?? false;
}
