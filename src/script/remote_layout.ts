/** Names on the execution side. Everything of ours is in one folder below the root; in it, all paths are relative to it. */
import type { JobName } from "../model/job.ts";

/** Folder below the root that holds a folder for each submission, named by the plan's key. */
export const RUN_DIRECTORY = ".dpdisp";

/** The submission's folder below its root. */
export function runDirectory(root: string, key: string): string {
  return `${root === "/" ? "" : root}/${RUN_DIRECTORY}/${key}`;
}

/**
 * The folders that must be there before a job runs: the jobs' scripts; for each copy of a job a symlink to `run:<id>`
 * of whoever runs it, or to `fenced:<word>` where none may; jobs whose tasks another has, whose name stands there;
 * what copies write about themselves (one that has to leave adds `.<its id>` to the name); the scripts' own output.
 */
export const RUN_SUBDIRECTORIES = [
  "jobs",
  "locks",
  "over",
  "records",
  "out",
] as const;

/** The job's script. */
export function jobPath(job: JobName): string {
  return `jobs/${job}.sh`;
}

/** What the scheduler catches of the script's own stdout and stderr. */
export function outPath(job: JobName): string {
  return `out/${job}`;
}

/** What the locks and records of a job are called: one name, or one for each element of an array. */
export function copiesOf(job: JobName, elements: number): readonly string[] {
  if (elements === 0) return [job];
  return Array.from({ length: elements }, (_, i) => `${job}.${i}`);
}
