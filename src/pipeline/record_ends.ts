/** The ends of jobs and tasks in the records of all jobs. */
import type { JobName, TaskKey } from "../model/job.ts";
import type { JobRecord } from "../model/job_record.ts";

export interface RecordEnds {
  /** Tasks that exited, by their {@linkcode exitOf}. */
  readonly exits: ReadonlySet<string>;
  /** Jobs that received a signal, or one of whose tasks did. */
  readonly killed: ReadonlySet<JobName>;
  /** Jobs one of whose tasks did not succeed. */
  readonly failed: ReadonlySet<JobName>;
}

export function recordEndsIn(records: readonly JobRecord[]): RecordEnds {
  const exits = records.flatMap((r) =>
    r.type === "taskExited" ? [exitOf(r.job, r.task)] : []
  );
  const killed = records.filter(isKill).map(({ job }) => job);
  const failed = records.filter((r) => r.type === "taskExited" && r.code !== 0)
    .map(({ job }) => job);
  return {
    exits: new Set(exits),
    killed: new Set(killed),
    failed: new Set(failed),
  };
}

/** Identifies the exit of a task in a job. */
export function exitOf(job: JobName, task: TaskKey): string {
  return `${job} ${task}`;
}

function isKill(record: JobRecord): boolean {
  return record.type === "taskExited" && record.code > 128 ||
    record.type === "jobStopped" && record.reason === "signal";
}
