/** The state of a run, as data. Only the reducers change it, tasks and jobs only through the setters of transitions.ts. */
import type {
  CancelReason,
  Event,
  FileStamp,
  LogBytes,
  PlanSummary,
  RenamedLog,
} from "../event.ts";
import type { JobId, JobName, QueueState, TaskKey } from "../job.ts";
import type { ExitReason } from "../exit_reason.ts";

/** The state that a run's events lead to. Moments are those when an event was applied (`applyEvent`), never the `time` of an event, which another process wrote. */
export interface RunState {
  started: EventOf<"runStarted"> | null;
  /** When this session started (ms). */
  sessionStartedAt: number | null;
  /** The last plan in the journal; null in journals of versions that recorded none. */
  plan: PlanSummary | null;
  /** The tasks of the present plan; null while a journal is replayed. */
  plannedTasks: ReadonlySet<TaskKey> | null;
  /** What this session learned from the remote host; null before it was inspected. */
  remote: EventOf<"remoteInspected"> | null;
  readonly staged: Set<TaskKey>;
  /** File name of the staged copy of the script. */
  scriptCopy: string;
  readonly tasks: ReadonlyMap<TaskKey, TrackedTask>;
  readonly jobs: ReadonlyMap<JobName, TrackedJob>;
  /** Greater than the number in every job's name. */
  nextJobNumber: number;
  /** Jobs by state; every job is in one of these sets or is final. */
  readonly readyJobs: ReadonlySet<JobName>;
  readonly unconfirmedJobs: ReadonlySet<JobName>;
  readonly activeJobs: ReadonlySet<JobName>;
  /** Jobs that are not final and are to be cancelled. */
  readonly jobsToCancel: ReadonlySet<JobName>;
  /** Jobs that are not final and hold a task that is no longer in the plan. */
  readonly outdatedJobs: ReadonlySet<JobName>;
  /** Tasks that are in no ready or active job and wait for a new one. */
  readonly pendingTasks: ReadonlySet<TaskKey>;
  /** Tasks whose results or logs are to be collected. */
  readonly tasksToCollect: ReadonlySet<TaskKey>;
  /** Tasks whose results were collected and are not complete. */
  readonly incompleteTasks: ReadonlySet<TaskKey>;
  readonly counts: Readonly<Record<TaskState, number>>;
  isCommonCollected: boolean;
  /** The remote state may have changed: the reply to a submit was lost. */
  mustInspect: boolean;
  /** A job of this session has written a record: job scripts can begin. */
  hasRecords: boolean;
  /** Detail of the last warning. */
  lastWarning: string;
  /** Native states that are in no manual. */
  readonly unknownStates: Set<string>;
  /** Patterns of common results that matched nothing. */
  commonMissing: readonly string[];
  commonNotDownloaded: readonly string[];
  /** Results of the whole run as they were collected. */
  commonFiles: readonly FileStamp[];
  cancelling: CancelReason | null;
  /** When this session last asked the scheduler to cancel jobs (ms). */
  cancelSentAt: number | null;
  /** The run's remote directory exists. */
  isRemoteDirPresent: boolean;
  isCleaned: boolean;
  finished: "succeeded" | "failed" | null;
  /** When the scheduler rejected a job because the queue was full (ms); null once it accepted one. */
  queueFullSince: number | null;
  /** When anything last changed on the remote host (ms). */
  lastChangeAt: number;
}

export type TaskState =
  | "pending"
  | "assigned"
  | "running"
  | "succeeded"
  | "failed";

/** How an attempt of a task failed, where another one may not change that. */
export interface AttemptFailure {
  readonly lastingError: string;
  /** Seconds from its start to its end. */
  readonly seconds: number;
}

export interface TrackedTask {
  readonly state: TaskState;
  /** Attempts that failed and count towards retry_count. */
  readonly failedAttempts: number;
  /** Attempts that the scheduler ended; they do not count towards retry_count. */
  readonly schedulerLosses: number;
  /** Jobs that ended before they wrote any record. */
  readonly jobsWithoutRecord: number;
  readonly job: JobName | null;
  readonly code: number | null;
  readonly suggestedCommand: string | null;
  /** How its last attempt failed, and the counted one before it; null: it did not, or that is not known. */
  readonly failure: AttemptFailure | null;
  readonly earlierFailure: AttemptFailure | null;
  readonly host: string | null;
  /** Seconds since 1970 by the remote host's clock. */
  readonly started: number | null;
  /** How long its logs were then; null: not known. */
  readonly logBytes: LogBytes | null;
  readonly ended: number | null;
  /** It is put into no job before this time (ms). */
  readonly retryAt: number;
  /** Its results or logs are to be collected, for the first time or once more. */
  readonly isUncollected: boolean;
  /** They were collected at least once since it last ran. */
  readonly isCollected: boolean;
  readonly missing: readonly string[];
  readonly notDownloaded: readonly string[];
  readonly renamedLogs: readonly RenamedLog[];
  /** Of a task that failed: those of its logs that came. */
  readonly logs: readonly FileStamp[];
  /** What was collected after it succeeded. */
  readonly files: readonly FileStamp[];
  /** Records of jobs with a smaller number do not count: the results were deleted later. */
  readonly firstValidJob: number;
}

export interface TrackedJob {
  /** The count in its name. */
  readonly number: number;
  readonly tasks: readonly TaskKey[];
  readonly supersedes: readonly JobName[];
  /** It holds a task that is no longer in the plan. */
  readonly isOutdated: boolean;
  readonly id: JobId | null;
  readonly state: QueueState | "ready" | "unconfirmed" | "submitted" | "final";
  readonly nativeState: string;
  readonly reason: string;
  /** The host it runs on, from its own record. */
  readonly host: string | null;
  /** When it was submitted (ms); null: in an earlier session. */
  readonly submittedAt: number | null;
  /** Consecutive polls that did not show it, and when the first was (ms). */
  readonly missedPolls: number;
  readonly missingSince: number;
  readonly exitReason: ExitReason | null;
  /** A reply to its submit that neither confirms nor rejects it; empty: there was none. */
  readonly submitMessage: string;
  /** Its script received a signal that ends it. */
  readonly isSignalled: boolean;
  /** `requested`: it is to be cancelled; `sent`: the scheduler was asked to cancel it; `accepted`: and it agreed. */
  readonly cancel: "no" | "requested" | "sent" | "accepted";
  /** How often this session asked the scheduler to cancel it, and when it did last (ms). */
  readonly cancelRequests: number;
  readonly cancelSentAt: number;
  /** It is cancelled because it can never run, as the batch system says in `reason`. */
  readonly neverRuns: boolean;
}

/** The event of one type. */
export type EventOf<T extends Event["type"]> = Extract<Event, { type: T }>;
