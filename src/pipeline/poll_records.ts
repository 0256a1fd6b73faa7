/** The ends of jobs and tasks in the records of all jobs. */
import type { JobName, TaskKey } from "../model/job.ts";
import type { JobRecord } from "../model/job_record.ts";

export interface RecordEnds {
  /** Tasks that exited, by their {@linkcode exitOf}. */
  readonly exits: ReadonlySet<string>;
  /** Jobs that received a signal, or one of whose tasks did. */
  readonly killed: ReadonlySet<JobName>;
}

export function recordEndsIn(records: readonly JobRecord[]): RecordEnds {
  const exits = records.flatMap((r) =>
    r.type === "taskExited" ? [exitOf(r.job, r.task)] : []
  );
  const killed = records.filter(isKill).map(({ job }) => job);
  return { exits: new Set(exits), killed: new Set(killed) };
}

/** Identifies the exit of a task in a job. */
export function exitOf(job: JobName, task: TaskKey): string {
  return `${job} ${task}`;
}

function isKill(record: JobRecord): boolean {
  return record.type === "taskExited" && record.code > 128 ||
    record.type === "jobStopped" && record.reason === "signal";
}
