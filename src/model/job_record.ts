/** What job scripts write of their tasks. */
import type { JobId, JobName, TaskKey } from "./job.ts";

/** One line of a record, about one copy of a job. Times are seconds since 1970 by the execution side's clock. */
export type JobRecord = {
  readonly job: JobName; /** Null: the job is no array. */
  readonly element: number | null;
} & RecordEntry;

export type RecordEntry =
  /** The copy `id` claimed the job; more than once where the scheduler started it again. */
  | {
    readonly type: "begin";
    readonly id: JobId;
    readonly host: string;
    readonly time: number;
  }
  /** The task is not run again: this record says already that it ended with 0. */
  | { readonly type: "skip"; readonly task: TaskKey }
  | { readonly type: "start"; readonly task: TaskKey; readonly time: number }
  /** A code above 128 is 128 + the number of a signal. */
  | {
    readonly type: "exit";
    readonly task: TaskKey;
    readonly code: number;
    readonly time: number;
  }
  /** What would have been found where the task's command was not. */
  | { readonly type: "hint"; readonly task: TaskKey; readonly command: string }
  /** No further task is started. */
  | {
    readonly type: "leave";
    readonly reason: LeaveReason;
    readonly owner: string;
    readonly time: number;
  }
  /** The script came to its end; `failed` of its tasks did not succeed, for whatever reason. */
  | { readonly type: "end"; readonly failed: number; readonly time: number };

/**
 * `duplicate`: another copy (`owner`: its lock) has the job; `fenced`: nobody
 * may run it; `superseded`: the job `owner` runs its tasks now; `signal`: it was
 * told to end; `gone`: the submission's folder is not there any more.
 */
export type LeaveReason =
  | "duplicate"
  | "fenced"
  | "superseded"
  | "signal"
  | "gone";
