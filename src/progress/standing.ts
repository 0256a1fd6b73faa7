/** Where everything stands, as data. Changed only by the fold. */
import type { CancelReason, Cause, Event, Stamp } from "../event.ts";
import type { JobId, JobName, QueueState, TaskKey } from "../job.ts";

/** Where everything stands: the fold of a run's events. Resuming is replaying. */
export interface Progress {
  began: Of<"began"> | null;
  /** The tasks of the present plan; null while the past is replayed. */
  wanted: ReadonlySet<TaskKey> | null;
  /** What this session was told by the far side; null until it was asked. */
  surveyed: Of<"surveyed"> | null;
  readonly staged: Set<TaskKey>;
  /** Name of the script's copy among what is staged. */
  copy: string;
  readonly tasks: Map<TaskKey, TaskStanding>;
  readonly jobs: Map<JobName, JobStanding>;
  /** Above the number in every job's name. */
  named: number;
  /** Jobs by stage of life; every job is in one of these or is over. */
  readonly due: Set<JobName>;
  readonly intended: Set<JobName>;
  readonly live: Set<JobName>;
  /** Jobs not over that hold a task which is wanted no more. */
  readonly outdated: Set<JobName>;
  /** Tasks in no job that is due or lives, to be packed. */
  readonly free: Set<TaskKey>;
  /** Tasks whose results or logs are to be brought home. */
  readonly ripe: Set<TaskKey>;
  readonly counts: Record<TaskState, number>;
  commonCollected: boolean;
  /** What the far side told may have changed: an answer to a submit was lost. */
  unsure: boolean;
  /** What was last told to have gone wrong. */
  trouble: string;
  /** Words of the scheduler that are in no manual. */
  readonly strangeWords: Set<string>;
  /** Patterns of common results that matched nothing. */
  commonMissing: readonly string[];
  commonKept: readonly string[];
  /** Results of the whole run as they were collected. */
  commonFiles: readonly Stamp[];
  /** Tasks whose results came home incomplete. */
  readonly incomplete: Set<TaskKey>;
  cancelling: CancelReason | null;
  /** The far folder stands. */
  present: boolean;
  cleaned: boolean;
  finished: "done" | "failed" | null;
  /** The scheduler took no more at this time (ms); null once it took one. */
  fullSince: number | null;
  /** When anything last changed on the far side, ms since 1970. */
  changedAt: number;
}

export type TaskState = "free" | "held" | "running" | "done" | "failed";

export interface TaskStanding {
  state: TaskState;
  /** Times it ended without success, counting towards retry_count. */
  tries: number;
  /** Times the scheduler took it away, not counting. */
  losses: number;
  job: JobName | null;
  code: number | null;
  hint: string | null;
  host: string | null;
  /** Seconds since 1970 by the far side's clock. */
  started: number | null;
  ended: number | null;
  /** Not packed before this time, ms since 1970. */
  notBefore: number;
  collected: boolean;
  /** What was collected of a success. */
  files: readonly Stamp[];
  missing: readonly string[];
  kept: readonly string[];
  /** What jobs with a smaller number recorded of it does not count: its results were deleted since. */
  since: number;
}

export interface JobStanding {
  /** The count in its name. */
  readonly number: number;
  readonly tasks: readonly TaskKey[];
  readonly after: readonly JobName[];
  id: JobId | null;
  state: QueueState | "due" | "intended" | "submitted" | "over";
  word: string;
  reason: string;
  /** The machine it runs on, as it says itself. */
  host: string | null;
  submittedAt: number;
  /** Consecutive rounds in which it was nowhere, and when the first was (ms). */
  absences: number;
  absentSince: number;
  cause: Cause | null;
  /** An answer to its submit that says neither yes nor no; empty: there was none. */
  saw: string;
  /** Its script was sent a signal that ends it. */
  signalled: boolean;
  /** To be cancelled; and: the scheduler was told so. */
  condemned: boolean;
  cancelled: boolean;
}

/** The event of one type. */
export type Of<T extends Event["type"]> = Extract<Event, { type: T }>;
