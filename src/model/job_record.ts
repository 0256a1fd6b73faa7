/** What job scripts record about their tasks. */
import type { JobId, JobName, TaskKey } from "./job.ts";

/** One line of a record, about one running copy of a job. Times are seconds since 1970 by the clock of the host where the job runs. */
export type JobRecord = {
  readonly job: JobName; /** Null: the job is no array. */
  readonly element: number | null;
} & RecordEntry;

export type RecordEntry =
  /** The copy `id` claimed the job; more than once where the batch system restarted it. */
  | {
    readonly type: "jobStarted";
    readonly id: JobId;
    readonly host: string;
    readonly time: number;
  }
  /** The task is not run again, because it has a record with exit code 0. */
  | { readonly type: "taskSkipped"; readonly task: TaskKey }
  | {
    readonly type: "taskStarted";
    readonly task: TaskKey;
    readonly time: number;
    /** How long its logs were, from earlier attempts or runs; absent in records of older versions. */
    readonly stdoutBytes?: number;
    readonly stderrBytes?: number;
  }
  /** A code above 128 is 128 + the number of a signal. */
  | {
    readonly type: "taskExited";
    readonly task: TaskKey;
    readonly code: number;
    readonly time: number;
  }
  /** The last line of a failed task's error log names an error that another attempt does not change; precedes the task's exit. */
  | {
    readonly type: "taskError";
    readonly task: TaskKey;
    readonly line: string;
  }
  /** A command that exists, where the task's command was not found. */
  | {
    readonly type: "taskHint";
    readonly task: TaskKey;
    readonly command: string;
  }
  /** Something is missing that the job was to use; it continues. */
  | { readonly type: "jobWarning"; readonly warning: JobWarning }
  /** No further task is started. */
  | {
    readonly type: "jobStopped";
    readonly reason: StopReason;
    readonly owner: string;
    readonly time: number;
  }
  /** The job script ended; `failed` of its tasks did not succeed, for whatever reason. */
  | {
    readonly type: "jobEnded";
    readonly failed: number;
    readonly time: number;
  };

/** `moduleNotFound`: the shell of the job has no command `module`. */
export type JobWarning = "moduleNotFound";

/**
 * `duplicate`: another copy (`owner`: its id) holds the job's lock; `fenced`:
 * the job must not start any more; `superseded`: the job `owner` runs its tasks
 * now; `signal`: it
 * got a signal; `removed`: the run directory was removed.
 */
export type StopReason =
  | "duplicate"
  | "fenced"
  | "superseded"
  | "signal"
  | "removed";
