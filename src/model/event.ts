import type { JobId, JobName, QueueState, TaskKey } from "./job.ts";
import type { Failure } from "../text/result.ts";
import type { ExitReason } from "./exit_reason.ts";

/**
 * Something that happened in a run. The list of them is the journal, the
 * screen, `--json` and what tests assert; it is appended to and never edited.
 * Programs of others read it: its names and units are an interface.
 */
export type EventData =
  /** A new generation of the run; always the first event of a journal. */
  | {
    readonly type: "runStarted";
    readonly runKey: string;
    readonly generation: number;
    /** Random; also written in the run's remote directory, so that the journal and the directory can be matched. */
    readonly runId: string;
    /** Absolute path of the script. */
    readonly script: string;
    /** Absolute local directory that contains the task directories and results. */
    readonly workBase?: string;
    readonly scheduler: string;
    readonly context: string;
    readonly version: string;
    /** The first run after one that finished, whose results are not reused: everything runs again. */
    readonly repeatsFinishedRun?: true;
    /** Runs of the same script elsewhere whose jobs are treated as lost, as their journals were when this run began. */
    readonly forgottenRuns?: readonly ForgottenRun[];
    /** Inputs that are also results, with the hash of their content when the run began. */
    readonly inputSnapshots?:
      readonly (readonly [path: string, hash: string])[];
  }
  /** A dpdisp process starts or resumes the run. */
  | {
    readonly type: "sessionStarted";
    readonly pid: number;
    readonly host: string;
    /** Name of the script's copy, which depends on all of its text. */
    readonly scriptCopy?: string;
    /** The tasks that other events name by key; absent: the same as in the last line that had a plan. */
    readonly plan?: PlanSummary;
  }
  /** The remote state was read. */
  | {
    readonly type: "remoteInspected";
    /** Absolute directory that contains the task directories. */
    readonly remoteDir: string;
    readonly host: string;
    readonly cpus: number;
    /** False: the remote host has no directory of this run yet. */
    readonly isPresent: boolean;
    /** Tasks that one job may have, where the scheduler has a limit and reports it. */
    readonly maxTasksPerJob?: number;
  }
  | {
    readonly type: "staged";
    readonly tasks: readonly TaskKey[];
    readonly files: number;
    readonly bytes: number;
  }
  /** Results of an earlier generation are unchanged; their tasks are not run. */
  | {
    readonly type: "resultsReused";
    readonly results: readonly CollectedTask[];
  }
  /** The script or an input changed: what these tasks of an earlier version computed does not count for them any more. */
  | {
    readonly type: "resultsDiscarded";
    readonly tasks: readonly TaskKey[];
  }
  /** Results of an earlier version count as those of these tasks, which are not run (`--keep-finished`). */
  | {
    readonly type: "resultsKept";
    readonly results: readonly CollectedTask[];
    /** Tasks whose results are still to be collected. */
    readonly uncollected: readonly TaskKey[];
  }
  | {
    readonly type: "jobCreated";
    readonly job: JobName;
    readonly tasks: readonly TaskKey[];
    readonly supersedes: readonly JobName[];
  }
  /** The job may have been submitted, and its id is not known. */
  | {
    readonly type: "jobUnconfirmed";
    readonly job: JobName;
    /** A reply that neither confirms nor rejects the job; absent: there was none. */
    readonly message?: string;
  }
  | { readonly type: "jobSubmitted"; readonly job: JobName; readonly id: JobId }
  /** The job script is running; `id` holds the job's lock, whatever was recorded before. */
  | {
    readonly type: "jobStarted";
    readonly job: JobName;
    readonly id: JobId;
    readonly host: string;
    readonly remoteTime: RemoteTime;
  }
  /** The job was not accepted and is ready again. `isQueueFull`: a later submit may succeed. */
  | {
    readonly type: "jobRejected";
    readonly job: JobName;
    readonly isQueueFull: boolean;
    readonly message: string;
  }
  /** The job never ran and can never start: its tasks are pending again. */
  | { readonly type: "jobFenced"; readonly job: JobName }
  | {
    readonly type: "jobState";
    readonly job: JobName;
    readonly state: QueueState;
    /** The scheduler's own name for the state. */
    readonly nativeState: string;
    readonly reason?: string;
    /** The native state is in no manual: it only shows that the job exists. */
    readonly isUnknownState?: true;
  }
  /** A poll in which neither the queue nor the records showed these jobs. */
  | { readonly type: "jobsNotListed"; readonly jobs: readonly JobName[] }
  | {
    readonly type: "taskStarted";
    readonly task: TaskKey;
    readonly job: JobName;
    readonly remoteTime: RemoteTime;
    /** How long its logs were, in bytes, from earlier attempts or runs; absent where the job does not record it. */
    readonly logBytes?: LogBytes;
  }
  | {
    readonly type: "taskExited";
    readonly task: TaskKey;
    readonly job: JobName;
    /** Above 128: 128 + the signal's number. */
    readonly code: number;
    readonly remoteTime: RemoteTime;
    /** A command that exists where the task's command was not found. */
    readonly suggestedCommand?: string;
    /** The last line of its error log, where that names an error that another attempt does not change: `NameError: …`. At most 200 characters, all ASCII. */
    readonly lastingError?: string;
  }
  /** The job script received a signal that ends it; its tasks may end later. */
  | { readonly type: "jobSignalled"; readonly job: JobName }
  /** Results that were not downloaded yet are lost, or downloaded ones were deleted: these tasks run again. */
  | {
    readonly type: "resultsLost";
    readonly tasks: readonly TaskKey[];
    /** Paths below the work base, one for each of the first tasks; present where the results were collected and then deleted on this computer. */
    readonly deleted?: readonly string[];
  }
  /** Another dpdisp process holds the lease; this one follows it until it finishes or stops. */
  | {
    readonly type: "attached";
    readonly holderName: string;
    /** That process runs other tasks than the script now has, because the script or an input changed. */
    readonly isOtherVersion?: true;
    /** The tasks that the events of that process name by key. */
    readonly plan?: PlanSummary;
  }
  /** The job ended, by positive evidence. */
  | {
    readonly type: "jobEnded";
    readonly job: JobName;
    readonly reason: ExitReason;
  }
  /** The task failed more often than `retry_count` allows, or in a way that a retry cannot change. */
  | {
    readonly type: "taskFailed";
    readonly task: TaskKey;
    readonly code: number | null;
  }
  | { readonly type: "collected"; readonly results: readonly CollectedTask[] }
  | {
    readonly type: "commonCollected";
    readonly result: Omit<CollectedTask, "task">;
  }
  /** These jobs are to be cancelled; unless the reason is `outdated` or `neverRuns`, no more jobs are submitted. */
  | {
    readonly type: "cancelRequested";
    readonly reason: CancelReason;
    readonly jobs: readonly JobName[];
  }
  /** The batch system was asked to cancel jobs; again where one does not end. */
  | {
    readonly type: "cancelSent";
    readonly jobs: readonly JobName[];
    /** What it replied where it did not accept all of them; absent: it accepted all. */
    readonly message?: string;
  }
  | { readonly type: "cleaned" }
  | { readonly type: "warning"; readonly failure: Failure }
  /** This dpdisp process stops; the run stays open. */
  | {
    readonly type: "sessionEnded";
    readonly reason: SessionEndReason;
    readonly failure?: Failure;
    /** Jobs that were being submitted, and whose replies had not come: they may have been accepted. */
    readonly submitting?: readonly JobName[];
  }
  /** `succeeded` closes the run, `failed` leaves it open for a retry. */
  | ({
    readonly type: "runFinished";
    readonly outcome: "succeeded" | "failed";
    /** Seconds since the session started. */
    readonly duration: number;
    /** What a command that follows the run ends with. */
    readonly exitCode: number;
  } & RunCounts);

/** Lengths of a task's logs in bytes; 0 where there is none. */
export interface LogBytes {
  readonly stdout: number;
  readonly stderr: number;
}

/** Numbers of tasks at the end of a run or session. */
export interface RunCounts {
  readonly succeeded: number;
  readonly failed: number;
  /** Tasks that neither succeeded nor failed when a cancellation ended the run or session. */
  readonly cancelled: number;
  /** Tasks that succeeded and whose results are incomplete; common results do not count. */
  readonly missingResults: number;
}

/** Seconds since 1970 by the clock of the host that the job runs on; not to be compared with the `time` of an event. */
export type RemoteTime = number;

/** An event's data with the time. */
export type Event = EventData & {
  /** Seconds since 1970 by the local clock, with milliseconds. */
  readonly time: number;
};

/** A run and how far its journal went: that is compared, not times, which come from clocks that may differ. */
export interface ForgottenRun {
  readonly runKey: string;
  readonly generation: number;
  readonly events: number;
}

/** The event of this moment. @param now ms since 1970 */
export function eventAt(data: EventData, now: number): Event {
  // Type and time come first in a line of JSON.
  const { type, ...rest } = data;
  return { type, time: now / 1000, ...rest } as Event;
}

/** When the event happened, ms since 1970. */
export function msOf({ time }: Event): number {
  return Math.round(1000 * time);
}

/** `elsewhere`: the process that held the lease finished the run; `stopped`: see the failure. */
export type SessionEndReason =
  | "interrupt"
  | "dryRun"
  | "exitOnSubmit"
  | "cancel"
  | "elsewhere"
  | "stopped";

/**
 * `outdated`: the script or an input changed after the job was submitted;
 * `neverRuns`: the batch system accepted the job and says that it can never run.
 */
export type CancelReason =
  | "neverRuns"
  | "ratio"
  | "failFast"
  | "cancel"
  | "outdated";

/** The tasks and resources of a run, for readers of the journal that do not have the script. */
export interface PlanSummary {
  /** Absolute local directory that contains the task directories and results. */
  readonly workBase: string;
  readonly resources: {
    readonly nodes: number;
    readonly cpusPerNode: number;
    readonly gpusPerNode: number;
    readonly queue: string;
    /** 0: all in one job. */
    readonly tasksPerJob: number;
  };
  readonly tasks: readonly TaskSummary[];
}

export interface TaskSummary {
  readonly key: TaskKey;
  /** Below the work base, POSIX; "." is the work base itself. */
  readonly dir: string;
  readonly command: string;
  /** Log files in `dir`; null: not redirected. */
  readonly stdoutFile: string | null;
  readonly stderrFile: string | null;
}

/** What was downloaded of a task. */
export interface CollectedTask {
  readonly task: TaskKey;
  readonly files: readonly FileStamp[];
  /** Patterns that matched nothing. */
  readonly missing: readonly string[];
  /** Paths below the work base that could not be read on the remote host or written locally: they are still on the remote host. */
  readonly notDownloaded?: readonly string[];
  /** Logs that were saved under another name, because a file of the user has theirs. */
  readonly renamedLogs?: readonly RenamedLog[];
}

/** POSIX paths below the work base: the remote file's path, and the local one. */
export interface RenamedLog {
  readonly path: string;
  readonly savedAs: string;
}

/** A result file as it was when it was downloaded; a file that still has this size and time is unchanged. */
export interface FileStamp {
  /** POSIX path below the work base. */
  readonly path: string;
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
}
