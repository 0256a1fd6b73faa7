/**
 * Names on the remote host. Everything that dpdisp itself writes there is in one
 * directory below the root. In the run directory stand
 *
 * - `run_id`: which run the directory belongs to
 * - `lease`, `lease.TOKEN`, `next_holder.TOKEN`: who may submit, cancel and clean
 * - `heartbeat`: grows while the holder of the lease runs
 * - `planned_jobs`: the tasks of each job, written before its first submit
 * - `submit_replies`: each submit attempt, and what the batch system replied
 * - `submitter`: host and process of the submit script that runs
 * - `jobs/`, `locks/`, `superseded/`, `records/`, `out/`: see the functions below
 * - `staged_inputs`: all inputs that were ever staged
 * - `script_copies`: names of the script's copies below the root
 * - `closed`: the results were reported, and a new run may replace this one
 *
 * and, while a script works, `submit.TOKEN/` (with `submit_order`), `stop.TOKEN`,
 * `removed_inputs` and `complete`. Paths are relative to the run directory.
 */
import type { JobName } from "../model/job.ts";

/** Directory below the root that contains the run directories, each named by its run key. */
export const RUN_DIRECTORY = ".dpdisp";

/** The run directory. */
export function runDirectory(root: string, key: string): string {
  return `${root === "/" ? "" : root}/${RUN_DIRECTORY}/${key}`;
}

/** The directories that must exist before a job runs. */
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

/** A symlink to `run:<id>` of the copy that runs the job, or to `fenced:<token>` where none may. */
export function lockPath(job: JobName, element: number | null = null): string {
  return `locks/${copyName(job, element)}`;
}

/** What a copy of the job writes about itself; a copy that does not get the lock adds `.<its id>` to the name. */
export function recordPath(
  job: JobName,
  element: number | null = null,
): string {
  return `records/${copyName(job, element)}`;
}

/** Exists once another job runs this job's tasks, and contains that job's name. */
export function supersededPath(job: JobName): string {
  return `superseded/${job}`;
}

/** The job script's own stdout and stderr, as the batch system writes them. */
export function outPath(job: JobName): string {
  return `out/${job}`;
}

/** The names of a job's locks and records: one, or one for each element of an array. */
export function copiesOf(job: JobName, elements: number): readonly string[] {
  if (elements === 0) return [job];
  return Array.from({ length: elements }, (_, i) => copyName(job, i));
}

/** Also the first word of each record. */
function copyName(job: JobName, element: number | null): string {
  return element === null ? job : `${job}.${element}`;
}
