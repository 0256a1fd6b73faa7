/** A job's state in the queue. Whether it succeeded is not known to the queue, but to the job's own record. */
export type QueueState = "queued" | "held" | "running" | "suspended" | "ended";

/** Content hash of a task: what is computed, not where. 20 characters of [a-z2-7]. */
export type TaskKey = string;

/** Our name for a job, unique for ever: [a-z0-9], begins with a letter, at most 15 characters. */
export type JobName = string;

/** The scheduler's id of a job; always text. */
export type JobId = string;

/** What is submitted to the scheduler once; holds tasks. A retry is another job with the tasks that are left. */
export interface Job {
  readonly name: JobName;
  readonly tasks: readonly TaskKey[];
  /** Earlier jobs that these tasks come from: once this one starts, they stop before their next task. */
  readonly supersedes: readonly JobName[];
}
