/** Where everything stands, as data. Changed only by the fold, tasks and jobs only by the two setters of moves.ts. */
import type {
  Beside,
  CancelReason,
  Cause,
  Event,
  PlanSummary,
  Stamp,
} from "../event.ts";
import type { JobId, JobName, QueueState, TaskKey } from "../job.ts";

/** Where everything stands: the fold of a run's events. Resuming is replaying. */
export interface Progress {
  began: Of<"began"> | null;
  /** What was last told of the plan; null in journals from before it was. */
  plan: PlanSummary | null;
  /** The tasks of the present plan; null while the past is replayed. */
  wanted: ReadonlySet<TaskKey> | null;
  /** What this session was told by the far side; null until it was asked. */
  surveyed: Of<"surveyed"> | null;
  readonly staged: Set<TaskKey>;
  /** Name of the script's copy among what is staged. */
  copy: string;
  readonly tasks: ReadonlyMap<TaskKey, TaskStanding>;
  readonly jobs: ReadonlyMap<JobName, JobStanding>;
  /** Above the number in every job's name. */
  named: number;
  /** Jobs by stage of life; every job is in one of these or is over. */
  readonly due: ReadonlySet<JobName>;
  readonly intended: ReadonlySet<JobName>;
  readonly live: ReadonlySet<JobName>;
  /** Jobs not over that are to be cancelled, and the scheduler was not told so. */
  readonly condemned: ReadonlySet<JobName>;
  /** Jobs not over that hold a task which is wanted no more. */
  readonly outdated: ReadonlySet<JobName>;
  /** Tasks in no job that is due or lives, to be packed. */
  readonly free: ReadonlySet<TaskKey>;
  /** Tasks whose results or logs are to be collected. */
  readonly ripe: ReadonlySet<TaskKey>;
  /** Tasks whose results were collected and are not complete. */
  readonly incomplete: ReadonlySet<TaskKey>;
  readonly counts: Readonly<Record<TaskState, number>>;
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
  readonly state: TaskState;
  /** Times it ended without success, counting towards retry_count. */
  readonly tries: number;
  /** Times the scheduler took it away, not counting. */
  readonly losses: number;
  readonly job: JobName | null;
  readonly code: number | null;
  readonly hint: string | null;
  readonly host: string | null;
  /** Seconds since 1970 by the far side's clock. */
  readonly started: number | null;
  readonly ended: number | null;
  /** Not packed before this time, ms since 1970. */
  readonly notBefore: number;
  /** Its results or logs are to be collected, for the first time or once more. */
  readonly isUncollected: boolean;
  /** They were collected at least once since it last ran. */
  readonly collected: boolean;
  readonly missing: readonly string[];
  readonly kept: readonly string[];
  readonly beside: readonly Beside[];
  /** Of a task that failed: those of its logs that came. */
  readonly logs: readonly string[];
  /** What was collected of a success. */
  readonly files: readonly Stamp[];
  /** What jobs with a smaller number recorded of it does not count: its results were deleted since. */
  readonly since: number;
}

export interface JobStanding {
  /** The count in its name. */
  readonly number: number;
  readonly tasks: readonly TaskKey[];
  readonly after: readonly JobName[];
  /** It holds a task of an earlier plan. */
  readonly isOutdated: boolean;
  readonly id: JobId | null;
  readonly state: QueueState | "due" | "intended" | "submitted" | "over";
  readonly word: string;
  readonly reason: string;
  /** The machine it runs on, as it says itself. */
  readonly host: string | null;
  readonly submittedAt: number;
  /** Consecutive rounds in which it was nowhere, and when the first was (ms). */
  readonly absences: number;
  readonly absentSince: number;
  readonly cause: Cause | null;
  /** An answer to its submit that says neither yes nor no; empty: there was none. */
  readonly saw: string;
  /** Its script was sent a signal that ends it. */
  readonly signalled: boolean;
  /** `requested`: it is to be cancelled; `sent`: the scheduler was told so. */
  readonly cancel: "no" | "requested" | "sent";
}

/** The event of one type. */
export type Of<T extends Event["type"]> = Extract<Event, { type: T }>;
