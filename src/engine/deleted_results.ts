/** Which finished tasks are to run again, because the user deleted what they left. */
import type { Event, FileStamp } from "../model/event.ts";
import type { RunState, TrackedTask } from "../model/run_state/mod.ts";
import { filesAt } from "../schema/backend_kinds.ts";
import { isBytesName } from "../text/bytes_name.ts";
import { glob, nameMatcher } from "../text/glob.ts";
import { join, normalise, parent } from "../text/path.ts";
import type { Files } from "../environment/environment.ts";
import type { Plan, Task } from "../model/plan.ts";

type Lost = Extract<Event, { type: "resultsLost" }>;

/** Of so many tasks an example is told. */
const EXAMPLES = 3;

/**
 * Deleting results is how people ask for another run of a task. One that was
 * edited since stays; a log is a result only where backward_files matches it.
 * Null: all that was collected is still there.
 */
export function deletedResults(
  { tasks, commonFiles, commonCollected }: RunState,
  plan: Plan,
  files: Files,
): Omit<Lost, "at"> | null {
  const isGone = (path: string) => !isThere(join(plan.localDir, path), files);
  const found = plan.tasks.flatMap((task) => {
    const standing = tasks.get(task.key);
    if (standing?.state !== "succeeded") return [];
    const gone = goneOf(task, standing, isGone) ??
      neverThere(task, standing, plan, files);
    return gone === undefined ? [] : [{ key: task.key, gone }];
  });
  const common = commonCollected
    ? commonFiles.find(({ path }) => isGone(path))?.path
    : undefined;
  if (found.length === 0 && common === undefined) return null;
  return {
    type: "resultsLost",
    tasks: found.map(({ key }) => key),
    deleted: found.length === 0
      ? [common!]
      : found.slice(0, EXAMPLES).map(({ gone }) => gone),
  };
}

/** The first of a task's collected results that is there no more. */
function goneOf(
  task: Task,
  { collected, files }: TrackedTask,
  isGone: (path: string) => boolean,
): string | undefined {
  if (!collected) return undefined;
  return files.find((stamp) => isResult(task, stamp) && isGone(stamp.path))
    ?.path;
}

/**
 * In place a result was at home before it could be collected. Where dpdisp
 * died in between, one that is not there was deleted, or never made: the task
 * runs again once, because then it is collected.
 */
function neverThere(
  { dir, outputs }: Task,
  { collected }: TrackedTask,
  { localDir, config }: Plan,
  files: Files,
): string | undefined {
  const isInPlace = filesAt(config.machine.context) === "local directory";
  if (collected || !isInPlace) return undefined;
  const missing = outputs.find((pattern) =>
    glob(pattern, join(localDir, dir), files)?.length === 0
  );
  return missing && join(dir, missing);
}

/** What backward_files matched, or what is in a directory that it matched. */
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

/** A name that is no UTF-8 can be listed, and nothing more. */
function isThere(path: string, files: Files): boolean {
  if (!isBytesName(path)) return files.stat(path) !== null;
  const folder = parent(path);
  if (isBytesName(folder)) return isThere(folder, files);
  const last = path.slice(folder.length + 1);
  return files.list(folder)?.some(({ name }) => name === last) ?? false;
}
