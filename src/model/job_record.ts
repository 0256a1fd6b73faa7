/** What job scripts record of their tasks. */
import type { JobId, JobName, TaskKey } from "./job.ts";

/** One line of a record, about one running copy of a job. Times are seconds since 1970 by the remote host's clock. */
export type JobRecord = {
  readonly job: JobName; /** Null: the job is no array. */
  readonly element: number | null;
} & RecordEntry;

export type RecordEntry =
  /** The copy `id` claimed the job; more than once where the scheduler restarted it. */
  | {
    readonly type: "begin";
    readonly id: JobId;
    readonly host: string;
    readonly time: number;
  }
  /** The task is not run again: this record already has its exit code 0. */
  | { readonly type: "skip"; readonly task: TaskKey }
  | { readonly type: "start"; readonly task: TaskKey; readonly time: number }
  /** A code above 128 is 128 + the number of a signal. */
  | {
    readonly type: "exit";
    readonly task: TaskKey;
    readonly code: number;
    readonly time: number;
  }
  /** A command that exists where the task's command was not found. */
  | { readonly type: "hint"; readonly task: TaskKey; readonly command: string }
  /** No further task is started. */
  | {
    readonly type: "leave";
    readonly reason: LeaveReason;
    readonly owner: string;
    readonly time: number;
  }
  /** The script reached its end; `failed` of its tasks did not succeed, for whatever reason. */
  | { readonly type: "end"; readonly failed: number; readonly time: number };

/**
 * `duplicate`: another copy (`owner`: its id) holds the job's lock; `fenced`:
 * the job must not start any more; `superseded`: the job `owner` runs its tasks
 * now; `signal`: a signal asked it to end; `gone`: the run's directory no longer
 * exists.
 */
export type LeaveReason =
  | "duplicate"
  | "fenced"
  | "superseded"
  | "signal"
  | "gone";
