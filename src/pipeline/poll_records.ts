/** What records say of ends, looked at once however many jobs they are of. */
import type { JobName, TaskKey } from "../model/job.ts";
import type { JobRecord } from "../model/job_record.ts";

export interface RecordEnds {
  /** Tasks that came to an end, as {@linkcode exitOf} calls them. */
  readonly exits: ReadonlySet<string>;
  /** Jobs that somebody told to end, or a task of theirs. */
  readonly killed: ReadonlySet<JobName>;
}

export function recordEndsIn(records: readonly JobRecord[]): RecordEnds {
  const exits = records.flatMap((r) =>
    r.type === "taskExited" ? [exitOf(r.job, r.task)] : []
  );
  const killed = records.filter(isKill).map(({ job }) => job);
  return { exits: new Set(exits), killed: new Set(killed) };
}

/** The end of a task in a job. */
export function exitOf(job: JobName, task: TaskKey): string {
  return `${job} ${task}`;
}

function isKill(record: JobRecord): boolean {
  return record.type === "taskExited" && record.code > 128 ||
    record.type === "jobStopped" && record.reason === "signal";
}
