/** The requests to a backend and its replies. */
import type { Job, JobId, JobName, QueueState } from "./job.ts";
import type { FailureKind } from "../text/result.ts";
import type { JobRecord } from "./job_record.ts";
import type { ExitReason } from "./exit_reason.ts";
import type { CollectedTask } from "./event.ts";

/** What the scheduler's reply to a submit means; whatever is not known to be a rejection is `unconfirmed`. `unreachable`: unconfirmed, because the scheduler's service could not be reached. */
export type SubmitOutcome =
  | { readonly outcome: "accepted"; readonly id: JobId }
  | {
    readonly outcome: "rejected" | "queueFull" | "unconfirmed" | "unreachable";
  };

/** One check of `doctor`. */
export interface DoctorCheck {
  readonly name: string;
  /** `error`: no run will succeed. */
  readonly state: "ok" | "warn" | "error";
  /** The part of a run that needs it. */
  readonly kind: FailureKind;
  readonly detail: string;
  readonly hint?: string;
}

/** Null: no transfer is active. */
export type Transfers = Readonly<Record<TransferDirection, Transfer | null>>;

/** To the remote host, or from it. */
export type TransferDirection = "up" | "down";

/** Bytes before compression, whatever is sent over the connection. */
export interface Transfer {
  readonly bytes: number;
  /** Null: unknown. */
  readonly total: number | null;
  /** When it began (ms, as `Clock.elapsed`). */
  readonly since: number;
}

/** A call to the remote host that has no answer yet. */
export interface Wait {
  /** A program of the batch system, or where the answer comes from. */
  readonly what: string;
  /** When it began, or when data was last transferred, ms of `Clock.elapsed`. */
  readonly since: number;
}

/** A backend's limits and delays. */
export interface BackendTraits {
  /** Seconds between two polls. */
  readonly minPollSeconds: number;
  readonly maxPollSeconds: number;
  /** A job that no poll shows counts as lost after this time and this many polls. */
  readonly missingGraceSeconds: number;
  readonly missingGracePolls: number;
  /** Wait after the scheduler rejected a job because a limit was reached. */
  readonly queueFullSeconds: number;
  /** The limit of active jobs where the user sets none: from the CPUs of the remote host, or none. */
  readonly defaultMaxJobs: "cpus" | "none";
  /** Jobs that one submit may be given beyond the free slots: it waits a moment for a slot. */
  readonly submitAhead: number;
  /** It can report why a job ended. */
  readonly explainsEnds: boolean;
  /** It may end a single process of a task, which then fails by itself, and only it knows why: out of memory. */
  readonly explainsFailures?: true;
  /** Where the scheduler's native states are documented. */
  readonly manual?: string;
}

/** Everything that the remote host knows of a run. */
export interface RemoteState {
  /** Absolute directory that contains the task directories. */
  readonly remoteDir: string;
  readonly host: string;
  readonly cpus: number;
  /** The run id in the run's remote directory; null where there is no such directory. */
  readonly runId: string | null;
  /** The run finished and its directory was kept. */
  readonly isClosed: boolean;
  readonly lease: Lease;
  /** A submit script of an earlier dpdisp process is still running. */
  readonly isSubmitting: boolean;
  /** Null: no limit is known. */
  readonly maxTasksPerJob: number | null;
  /** Names of the compression programs that the host has. */
  readonly compressors: readonly string[];
  readonly plannedJobs: readonly Job[];
  /** The reply to each job's last submit; null: none yet. A job that is absent was never submitted. */
  readonly submitReplies: ReadonlyMap<JobName, SubmitReply | null>;
  readonly fenced: readonly JobName[];
  /** Ids of the running copies that hold their job's lock. */
  readonly owners: ReadonlyMap<JobName, JobId>;
  readonly records: readonly JobRecord[];
}

/** What the batch system replied to a request to cancel jobs. */
export interface CancelReply {
  /** What the command printed where it did not accept all of them, at most some of which have ended; "": it accepted all. */
  readonly message: string;
}

/** Which process may submit, cancel and clean. `none`: nobody holds the lease, or there is no directory yet that could have one. */
export type Lease =
  | { readonly holder: "none" }
  | { readonly holder: "self" }
  | {
    readonly holder: "other";
    readonly token: string;
    /** Host and process id. */
    readonly holderName: string;
    /** Increases while the holder is running. */
    readonly heartbeats: number;
  };

export interface StageReply {
  readonly files: number;
  readonly bytes: number;
}

/** How many jobs a submit may make active, where nothing else limits that. */
export interface SubmitRoom {
  /** Jobs that may be active at once, `running` among them. */
  readonly slots: number;
  readonly running: readonly JobId[];
}

/** What became of one job of a submit. `notSent`: the submit command was not run, and the job is as before. */
export type SubmitReply =
  | { readonly job: JobName; readonly outcome: "notSent" }
  | { readonly job: JobName; readonly outcome: "accepted"; readonly id: JobId }
  | {
    readonly job: JobName;
    readonly outcome: Exclude<SubmitOutcome["outcome"], "accepted">;
    readonly message: string;
  };

export interface UnconfirmedJob {
  readonly job: JobName;
  /** The number of its tasks. */
  readonly tasks: number;
}

export interface ReconcileReply {
  readonly found: ReadonlyMap<JobName, JobId>;
  /** Jobs that can never start any more. */
  readonly fenced: readonly JobName[];
}

export interface PollTarget {
  readonly job: JobName;
  readonly id: JobId;
  /** The number of its tasks. */
  readonly tasks: number;
  /** Its record is read from the beginning: the queue no longer shows it, and no line may be missed. */
  readonly rereadRecord: boolean;
}

export interface PollReply {
  /** The queue's entries of the jobs that were asked for. */
  readonly queue: ReadonlyMap<JobId, QueueEntry>;
  /** A job that is absent from `queue` is not in the queue. */
  readonly isComplete: boolean;
  /** The scheduler's error message where the queue could not be read. */
  readonly errorText: string;
  readonly records: readonly JobRecord[];
  /** Records of a job are written before it leaves the queue. False: they may come later, so that a job without them is not lost. */
  readonly areRecordsComplete: boolean;
  /** Further evidence of the end of the jobs whose records were reread. */
  readonly postMortems?: ReadonlyMap<JobName, PostMortem>;
}

export interface PostMortem {
  /** Null: the scheduler does not report it, or not yet. */
  readonly exitReason: ExitReason | null;
  /** Concluded from what the job left behind: files that are late may change it. */
  readonly isInferred?: true;
  /** The end of the job script's own output. */
  readonly outputTail: string;
}

export interface QueueEntry {
  readonly nativeState: string;
  /** Null: a native state that is in no manual. */
  readonly state: QueueState | null;
  readonly reason?: string;
  /** It can never run, as the batch system says in `reason`. */
  readonly neverRuns?: true;
  /** What the user can do, without whom it does not start. */
  readonly advice?: string;
  /** It ended, and its script with exit code 0. */
  readonly hasSucceeded?: true;
}

/** A log of a task. */
export interface LogFile {
  /** Below the work base, POSIX; "." is the work base itself. */
  readonly dir: string;
  /** Name in `dir`. */
  readonly name: string;
}

export interface CollectRequest {
  readonly dir: string;
  /** Patterns that must match; one that matches nothing is reported. */
  readonly required: readonly string[];
  /** Files that are collected where they exist. */
  readonly optional: readonly string[];
}

/** What was downloaded, in the order of the requests. */
export interface CollectReply {
  readonly results: readonly Omit<CollectedTask, "task">[];
  /** What could not be downloaded, and why. */
  readonly notCollected: readonly string[];
}
