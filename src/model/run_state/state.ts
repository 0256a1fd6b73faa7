/** Where everything stands, as data. Changed only by the fold, tasks and jobs only by the two setters of moves.ts. */
import type {
  Beside,
  CancelReason,
  Event,
  FileStamp,
  PlanSummary,
} from "../event.ts";
import type { JobId, JobName, QueueState, TaskKey } from "../job.ts";
import type { ExitReason } from "../exit_reason.ts";

/** Where everything stands: the fold of a run's events. Resuming is replaying. */
export interface RunState {
  started: EventOf<"runStarted"> | null;
  /** What was last told of the plan; null in journals from before it was. */
  plan: PlanSummary | null;
  /** The tasks of the present plan; null while the past is replayed. */
  plannedTasks: ReadonlySet<TaskKey> | null;
  /** What this session was told by the far side; null until it was asked. */
  remote: EventOf<"remoteInspected"> | null;
  readonly staged: Set<TaskKey>;
  /** Name of the script's copy among what is staged. */
  copy: string;
  readonly tasks: ReadonlyMap<TaskKey, TrackedTask>;
  readonly jobs: ReadonlyMap<JobName, TrackedJob>;
  /** Above the number in every job's name. */
  nextJobNumber: number;
  /** Jobs by stage of life; every job is in one of these or is over. */
  readonly readyJobs: ReadonlySet<JobName>;
  readonly unconfirmedJobs: ReadonlySet<JobName>;
  readonly activeJobs: ReadonlySet<JobName>;
  /** Jobs not over that are to be cancelled, and the scheduler was not told so. */
  readonly condemned: ReadonlySet<JobName>;
  /** Jobs not over that hold a task which is wanted no more. */
  readonly outdated: ReadonlySet<JobName>;
  /** Tasks in no job that is due or lives, to be packed. */
  readonly pendingTasks: ReadonlySet<TaskKey>;
  /** Tasks whose results or logs are to be collected. */
  readonly tasksToCollect: ReadonlySet<TaskKey>;
  /** Tasks whose results were collected and are not complete. */
  readonly incomplete: ReadonlySet<TaskKey>;
  readonly counts: Readonly<Record<TaskState, number>>;
  commonCollected: boolean;
  /** What the far side told may have changed: an answer to a submit was lost. */
  mustInspect: boolean;
  /** What was last told to have gone wrong. */
  lastWarning: string;
  /** Words of the scheduler that are in no manual. */
  readonly unknownStates: Set<string>;
  /** Patterns of common results that matched nothing. */
  commonMissing: readonly string[];
  commonKept: readonly string[];
  /** Results of the whole run as they were collected. */
  commonFiles: readonly FileStamp[];
  cancelling: CancelReason | null;
  /** The far folder stands. */
  isRemoteDirPresent: boolean;
  isCleaned: boolean;
  finished: "succeeded" | "failed" | null;
  /** The scheduler took no more at this time (ms); null once it took one. */
  queueFullSince: number | null;
  /** When anything last changed on the far side, ms since 1970. */
  lastChangeAt: number;
}

export type TaskState =
  | "pending"
  | "assigned"
  | "running"
  | "succeeded"
  | "failed";

export interface TrackedTask {
  readonly state: TaskState;
  /** Times it ended without success, counting towards retry_count. */
  readonly failedAttempts: number;
  /** Times the scheduler took it away, not counting. */
  readonly schedulerLosses: number;
  readonly job: JobName | null;
  readonly code: number | null;
  readonly suggestedCommand: string | null;
  readonly host: string | null;
  /** Seconds since 1970 by the far side's clock. */
  readonly started: number | null;
  readonly ended: number | null;
  /** Not packed before this time, ms since 1970. */
  readonly retryAt: number;
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
  readonly files: readonly FileStamp[];
  /** What jobs with a smaller number recorded of it does not count: its results were deleted since. */
  readonly since: number;
}

export interface TrackedJob {
  /** The count in its name. */
  readonly number: number;
  readonly tasks: readonly TaskKey[];
  readonly after: readonly JobName[];
  /** It holds a task of an earlier plan. */
  readonly isOutdated: boolean;
  readonly id: JobId | null;
  readonly state: QueueState | "ready" | "unconfirmed" | "submitted" | "final";
  readonly nativeState: string;
  readonly reason: string;
  /** The machine it runs on, as it says itself. */
  readonly host: string | null;
  readonly submittedAt: number;
  /** Consecutive rounds in which it was nowhere, and when the first was (ms). */
  readonly missedPolls: number;
  readonly missingSince: number;
  readonly exitReason: ExitReason | null;
  /** An answer to its submit that says neither yes nor no; empty: there was none. */
  readonly submitMessage: string;
  /** Its script was sent a signal that ends it. */
  readonly signalled: boolean;
  /** `requested`: it is to be cancelled; `sent`: the scheduler was told so. */
  readonly cancel: "no" | "requested" | "sent";
}

/** The event of one type. */
export type EventOf<T extends Event["type"]> = Extract<Event, { type: T }>;
