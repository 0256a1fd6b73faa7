/** What `drive` needs of an execution side; a shell with a scheduler is one way to give it. */
import type { Cause, Collected } from "../event.ts";
import type { Answer } from "../schedulers/scheduler.ts";
import type { Job, JobId, JobName, Plan, QueueState, Task } from "../job.ts";
import type { FailureKind, Result } from "../result.ts";
import type { Record } from "../script/record.ts";

/**
 * Every question is plural: it costs the same number of trips for one job as
 * for thousands. Failures say by `again` whether asking once more may help.
 */
export interface Backend extends AsyncDisposable {
  readonly limits: Limits;
  /** Elements of a job with so many tasks; 0: it is no array. */
  elements(tasks: number): number;
  /** Tasks that one job can hold, where an array may have so many elements. */
  mostTasks(elements: number | undefined): number;
  /** Where the scheduler's words are explained. */
  readonly manual?: string;
  /** Everything the far side knows of this submission; takes the lease where it is free or `heir`'s. */
  survey(heir: string | null): Promise<Result<Survey>>;
  /** Puts inputs, script and runner in place, and makes the far folder if it is not there. */
  stage(tasks: readonly Task[], mark: string): Promise<Result<Staged>>;
  /**
   * Hands jobs over, in order; an outcome for each that was tried. At most
   * `slots` live at once, `running` among them, where nobody else sees to that.
   * Where it fails, the rest may have been handed over, unless the failure is
   * the scheduler's: then none was.
   */
  submit(
    jobs: readonly Job[],
    slots: number,
    running: readonly JobId[],
  ): AsyncIterable<Result<Submitted>>;
  /** Looks for jobs that may have been handed over; those that are nowhere can never start afterwards. */
  settle(jobs: readonly Unsettled[]): Promise<Result<Settled>>;
  /** One look at queue and records. */
  poll(jobs: readonly Watched[]): Promise<Result<Look>>;
  /** Brings results home. */
  collect(wanted: readonly Wanted[]): Promise<Result<Homecoming>>;
  cancel(ids: readonly JobId[]): Promise<Result<void>>;
  /** Removes what was put on the far side. */
  clean(): Promise<Result<void>>;
  /** Marks a folder that stays after the final report. */
  close(): Promise<void>;
  /** Gives the lease back: another dpdisp may go on. */
  release(): Promise<void>;
  /** Looks at all that a run needs, and changes nothing; a failure is the last: the machine cannot be reached. */
  doctor(): AsyncIterable<Result<Check>>;
  /** Resolves when a look is worth it before its time; absent where nobody tells. */
  readonly changed?: (signal: AbortSignal) => Promise<void>;
  /** What is on its way now, to be shown. */
  readonly transfers?: () => Transfers;
}

/** One thing that a doctor looked at. */
export interface Check {
  readonly name: string;
  /** `bad`: no run will succeed. */
  readonly state: "ok" | "warn" | "bad";
  /** The part of the work that needs it. */
  readonly kind: FailureKind;
  readonly saw: string;
  readonly advice?: string;
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
export interface Limits {
  /** Seconds between two looks. */
  readonly pollFloor_s: number;
  readonly pollCeiling_s: number;
  /** A job that is nowhere counts as gone after this long and this many rounds. */
  readonly grace_s: number;
  readonly graceRounds: number;
  /** Wait after the scheduler said that it is full. */
  readonly fullWait_s: number;
  /** Jobs at once where the user sets no limit: per CPU of the far side, or none. */
  readonly bound: "cpus" | "none";
  /** Jobs that one submit may be handed beyond what there is room for: it waits a moment for more. */
  readonly ahead: number;
  /** It can tell why a job ended. */
  readonly accounts: boolean;
}

/** What stands on the far side. */
export interface Survey {
  /** Absolute folder that task folders are in. */
  readonly root: string;
  readonly host: string;
  readonly cpus: number;
  /** The run's mark there; null where there is no such folder. */
  readonly mark: string | null;
  /** Its results were reported and it was left standing. */
  readonly closed: boolean;
  readonly lease: Lease;
  /** A submit script of an earlier dpdisp is still at work there. */
  readonly submitting: boolean;
  /** Elements that an array may have; null: nobody says. */
  readonly mostElements: number | null;
  readonly intents: readonly Job[];
  /** What was answered when each job was handed over for the last time; null: nothing yet. One that is not here never was. */
  readonly tries: ReadonlyMap<JobName, Submitted | null>;
  readonly fenced: readonly JobName[];
  /** Ids of the copies that hold their job's lock. */
  readonly owners: ReadonlyMap<JobName, JobId>;
  readonly records: readonly Record[];
}

/** Who may submit, cancel and clean. */
export type Lease =
  | { readonly holder: "me" }
  | {
    readonly holder: "other";
    readonly token: string;
    /** Host and process id. */
    readonly who: string;
    /** Grows as long as its holder is at work. */
    readonly beats: number;
  };

export interface Staged {
  readonly files: number;
  readonly bytes: number;
}

/** What the scheduler answered to one submit. */
export type Submitted =
  | { readonly job: JobName; readonly outcome: "accepted"; readonly id: JobId }
  | {
    readonly job: JobName;
    readonly outcome: Exclude<Answer["outcome"], "accepted">;
    readonly saw: string;
  };

export interface Unsettled {
  readonly job: JobName;
  /** Of an array; 0: it is none. */
  readonly elements: number;
}

export interface Settled {
  readonly found: ReadonlyMap<JobName, JobId>;
  /** Can never start any more. */
  readonly fenced: readonly JobName[];
}

export interface Watched {
  readonly job: JobName;
  readonly id: JobId;
  /** Of an array; 0: it is none. */
  readonly elements: number;
  /** Its record is to be read from the beginning: it seems to be gone, and nothing must be overlooked. */
  readonly afresh: boolean;
}

export interface Look {
  /** The queue's answer: what it shows of the jobs that were asked for. */
  readonly queue: ReadonlyMap<JobId, Shown>;
  /** Absence from `queue` means something. */
  readonly complete: boolean;
  /** What the queue said where it could not be read. */
  readonly said: string;
  readonly records: readonly Record[];
  /** Of the jobs that were read afresh, what else tells of their end. */
  readonly autopsies?: ReadonlyMap<JobName, Autopsy>;
}

export interface Autopsy {
  /** Null: the scheduler does not know, or not yet. */
  readonly cause: Cause | null;
  /** The end of what the job's script printed itself. */
  readonly words: string;
}

export interface Shown {
  readonly word: string;
  /** Null: a word that is in no manual of ours. */
  readonly state: QueueState | null;
  readonly reason?: string;
}

export interface Wanted {
  readonly dir: string;
  /** Patterns whose absence is to be told. */
  readonly patterns: readonly string[];
  /** Files that may be there. */
  readonly maybe: readonly string[];
}

/** What came home, in the order of what was wanted. */
export interface Homecoming {
  readonly results: readonly Omit<Collected, "task">[];
  /** What could not come, and why. */
  readonly refused: readonly string[];
}

/** Opens the way to the far side of a plan. */
export type Open = (plan: Plan, session: Session) => Promise<Result<Backend>>;

/** Who this dpdisp is, for the lease. */
export interface Session {
  /** Random, this session's own. */
  readonly token: string;
  /** Host and process id of this dpdisp. */
  readonly who: string;
  /** Marks of earlier generations that were closed: their folder may be replaced. */
  readonly closed: readonly string[];
}
