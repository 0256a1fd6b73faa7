/** A job as the queue sees it. Success is not the queue's to tell; the job's own record tells it. */
export type QueueState = "queued" | "held" | "running" | "suspended" | "ended";

/** Content hash of a task: what is computed, not where. 20 characters of [a-z2-7]. */
export type TaskKey = string;

/** Our name for a job, unique for ever: [a-z0-9], begins with a letter, at most 15 characters. */
export type JobName = string;

/** The scheduler's name for a job; always text. */
export type JobId = string;

/** What a scheduler is handed once; holds tasks. A retry is another job with the tasks that are left. */
export interface Job {
  readonly name: JobName;
  readonly tasks: readonly TaskKey[];
  /** Earlier jobs that these tasks come from: once this one starts, they leave at their next task. */
  readonly supersedes: readonly JobName[];
}
