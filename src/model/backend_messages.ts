/** What is asked of a backend, and what it replies. */
import type { Job, JobId, JobName, QueueState } from "./job.ts";
import type { FailureKind } from "../text/result.ts";
import type { JobRecord } from "./job_record.ts";
import type { ExitReason } from "./exit_reason.ts";
import type { CollectedTask } from "./event.ts";

/** What a submit led to; whatever is not known to be a refusal is unsure. `lost`: unsure, as the service was out of reach. */
export type SubmitOutcome =
  | { readonly outcome: "accepted"; readonly id: JobId }
  | {
    readonly outcome: "rejected" | "queueFull" | "unconfirmed" | "unreachable";
  };

/** One thing that a doctor looked at. */
export interface DoctorCheck {
  readonly name: string;
  /** `bad`: no run will succeed. */
  readonly state: "ok" | "warn" | "bad";
  /** The part of the work that needs it. */
  readonly kind: FailureKind;
  readonly detail: string;
  readonly hint?: string;
}

/** Null: nothing is on its way. */
export interface Transfers {
  readonly up: Transfer | null;
  readonly down: Transfer | null;
}

/** Bytes as they are here and there, whatever the line carries. */
export interface Transfer {
  readonly bytes: number;
  /** Null: nobody knows. */
  readonly total: number | null;
  /** When it began, ms since 1970. */
  readonly since: number;
}

/** What a backend can bear, and how long it may lag. */
export interface BackendTraits {
  /** Seconds between two looks. */
  readonly minPollSeconds: number;
  readonly maxPollSeconds: number;
  /** A job that is nowhere counts as gone after this long and this many rounds. */
  readonly missingGraceSeconds: number;
  readonly missingGracePolls: number;
  /** Wait after the scheduler said that it is full. */
  readonly queueFullSeconds: number;
  /** Jobs at once where the user sets no limit: per CPU of the far side, or none. */
  readonly defaultMaxJobs: "cpus" | "none";
  /** Jobs that one submit may be handed beyond what there is room for: it waits a moment for more. */
  readonly submitAhead: number;
  /** It can tell why a job ended. */
  readonly explainsEnds: boolean;
}

/** What stands on the far side. */
export interface RemoteState {
  /** Absolute folder that task folders are in. */
  readonly remoteDir: string;
  readonly host: string;
  readonly cpus: number;
  /** The run's mark there; null where there is no such folder. */
  readonly runId: string | null;
  /** Its results were reported and it was left standing. */
  readonly isClosed: boolean;
  readonly lease: Lease;
  /** A submit script of an earlier dpdisp is still at work there. */
  readonly isSubmitting: boolean;
  /** Elements that an array may have; null: nobody says. */
  readonly maxElements: number | null;
  readonly plannedJobs: readonly Job[];
  /** What was answered when each job was handed over for the last time; null: nothing yet. One that is not here never was. */
  readonly submitReplies: ReadonlyMap<JobName, SubmitReply | null>;
  readonly fenced: readonly JobName[];
  /** Ids of the copies that hold their job's lock. */
  readonly owners: ReadonlyMap<JobName, JobId>;
  readonly records: readonly JobRecord[];
}

/** Who may submit, cancel and clean. */
export type Lease =
  | { readonly holder: "self" }
  | {
    readonly holder: "other";
    readonly token: string;
    /** Host and process id. */
    readonly holderName: string;
    /** Grows as long as its holder is at work. */
    readonly heartbeats: number;
  };

export interface StageReply {
  readonly files: number;
  readonly bytes: number;
}

/** What the scheduler answered to one submit. */
export type SubmitReply =
  | { readonly job: JobName; readonly outcome: "accepted"; readonly id: JobId }
  | {
    readonly job: JobName;
    readonly outcome: Exclude<SubmitOutcome["outcome"], "accepted">;
    readonly message: string;
  };

export interface UnconfirmedJob {
  readonly job: JobName;
  /** Of an array; 0: it is none. */
  readonly elements: number;
}

export interface ReconcileReply {
  readonly found: ReadonlyMap<JobName, JobId>;
  /** Can never start any more. */
  readonly fenced: readonly JobName[];
}

export interface PollTarget {
  readonly job: JobName;
  readonly id: JobId;
  /** Of an array; 0: it is none. */
  readonly elements: number;
  /** Its record is to be read from the beginning: it seems to be gone, and nothing must be overlooked. */
  readonly rereadRecord: boolean;
}

export interface PollReply {
  /** The queue's answer: what it shows of the jobs that were asked for. */
  readonly queue: ReadonlyMap<JobId, QueueEntry>;
  /** Absence from `queue` means something. */
  readonly isComplete: boolean;
  /** What the queue said where it could not be read. */
  readonly errorText: string;
  readonly records: readonly JobRecord[];
  /** Of the jobs that were read afresh, what else tells of their end. */
  readonly postMortems?: ReadonlyMap<JobName, PostMortem>;
}

export interface PostMortem {
  /** Null: the scheduler does not know, or not yet. */
  readonly exitReason: ExitReason | null;
  /** The end of what the job's script printed itself. */
  readonly outputTail: string;
}

export interface QueueEntry {
  readonly nativeState: string;
  /** Null: a word that is in no manual of ours. */
  readonly state: QueueState | null;
  readonly reason?: string;
}

export interface CollectRequest {
  readonly dir: string;
  /** Patterns whose absence is to be told. */
  readonly required: readonly string[];
  /** Files that may be there. */
  readonly optional: readonly string[];
}

/** What came home, in the order of what was wanted. */
export interface CollectReply {
  readonly results: readonly Omit<CollectedTask, "task">[];
  /** What could not come, and why. */
  readonly notCollected: readonly string[];
}
