/** Names on the execution side. Everything of ours is in one folder below the root; in it, all paths are relative to it. */
import type { JobName } from "../model/job.ts";

/** Folder below the root that holds a folder for each submission, named by the plan's key. */
export const RUN_DIRECTORY = ".dpdisp";

/** The submission's folder below its root. */
export function runDirectory(root: string, key: string): string {
  return `${root === "/" ? "" : root}/${RUN_DIRECTORY}/${key}`;
}

/** The folders that must be there before a job runs. */
export const RUN_SUBDIRECTORIES = [
  "jobs",
  "locks",
  "superseded",
  "records",
  "out",
] as const;

/** The job's script. */
export function jobPath(job: JobName): string {
  return `jobs/${job}.sh`;
}

/** A symlink to `run:<id>` of the copy that runs the job, or to `fenced:<word>` where none may. */
export function lockPath(job: JobName, element: number | null = null): string {
  return `locks/${copyName(job, element)}`;
}

/** What a copy of the job writes about itself; a copy that has to leave adds `.<its id>` to the name. */
export function recordPath(
  job: JobName,
  element: number | null = null,
): string {
  return `records/${copyName(job, element)}`;
}

/** Is there once another job runs this one's tasks, whose name it holds. */
export function supersededPath(job: JobName): string {
  return `superseded/${job}`;
}

/** What the scheduler catches of the script's own stdout and stderr. */
export function outPath(job: JobName): string {
  return `out/${job}`;
}

/** What the locks and records of a job are called: one name, or one for each element of an array. */
export function copiesOf(job: JobName, elements: number): readonly string[] {
  if (elements === 0) return [job];
  return Array.from({ length: elements }, (_, i) => copyName(job, i));
}

/** First word of each record. */
function copyName(job: JobName, element: number | null): string {
  return element === null ? job : `${job}.${element}`;
}
