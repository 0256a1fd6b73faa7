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

/**
 * The directories that must exist before a job runs: the job scripts; for each
 * copy of a job a symlink to `run:<id>` of the copy that runs it, or to
 * `fenced:<token>` where none may; for each job whose tasks another job runs a
 * file with that job's name; the records of the copies (a copy that does not get
 * the lock adds `.<its id>` to the name); the output of the job scripts.
 */
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

/** The job script's own stdout and stderr, as the batch system writes them. */
export function outPath(job: JobName): string {
  return `out/${job}`;
}

/** The names of a job's locks and records: one, or one for each element of an array. */
export function copiesOf(job: JobName, elements: number): readonly string[] {
  if (elements === 0) return [job];
  return Array.from({ length: elements }, (_, i) => `${job}.${i}`);
}
