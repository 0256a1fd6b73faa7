import type { JobId, JobName, QueueState, TaskKey } from "./job.ts";
import type { Failure } from "../text/result.ts";
import type { ExitReason } from "./exit_reason.ts";

/**
 * Something that happened in a run. The list of them is the journal, the
 * screen, `--json` and what tests assert; it is appended to and never edited.
 */
export type EventData =
  /** A new generation of the submission; always the first event of a journal. */
  | {
    readonly type: "runStarted";
    readonly runKey: string;
    readonly generation: number;
    /** Random; also stands in the far folder, so that the two know each other. */
    readonly runId: string;
    /** Absolute path of the script. */
    readonly script: string;
    /** Absolute local folder that task folders and results are in. */
    readonly workBase?: string;
    readonly scheduler: string;
    readonly context: string;
    readonly version: string;
    /** Inputs that are also results, with the digest of what they held then. */
    readonly inputSnapshots?:
      readonly (readonly [path: string, digest: string])[];
  }
  /** A dpdisp starts on the submission or goes on with it. */
  | {
    readonly type: "sessionStarted";
    readonly pid: number;
    readonly host: string;
    readonly tasks: number;
    /** Name of the script's copy, which follows all of its text. */
    readonly scriptCopy?: string;
    /** What other events name by keys; absent: the same as when the run was last opened. */
    readonly plan?: PlanSummary;
  }
  /** The far side told what it knows. */
  | {
    readonly type: "remoteInspected";
    /** Absolute folder that task folders are in. */
    readonly remoteDir: string;
    readonly host: string;
    readonly cpus: number;
    /** False: nothing of this submission is there yet. */
    readonly isPresent: boolean;
    /** Elements that an array of jobs may have, where the scheduler says. */
    readonly maxElements?: number;
  }
  | {
    readonly type: "staged";
    readonly tasks: readonly TaskKey[];
    readonly files: number;
    readonly bytes: number;
  }
  /** An earlier generation's results stand; their tasks are not run. */
  | {
    readonly type: "resultsReused";
    readonly results: readonly CollectedTask[];
  }
  | {
    readonly type: "jobCreated";
    readonly job: JobName;
    readonly tasks: readonly TaskKey[];
    readonly supersedes: readonly JobName[];
  }
  /** The far side may have handed the job over, and does not say under which id. */
  | {
    readonly type: "jobUnconfirmed";
    readonly job: JobName;
    /** An answer that says neither yes nor no; absent: there was none. */
    readonly message?: string;
  }
  | { readonly type: "jobSubmitted"; readonly job: JobName; readonly id: JobId }
  /** The job's script is at work; `id` is the owner of the job, whatever was recorded before. */
  | {
    readonly type: "jobStarted";
    readonly job: JobName;
    readonly id: JobId;
    readonly host: string;
    readonly time: number;
  }
  /** Nothing was accepted; the job is due again. `again`: the scheduler is full, later may do. */
  | {
    readonly type: "jobRejected";
    readonly job: JobName;
    readonly isQueueFull: boolean;
    readonly message: string;
  }
  /** The job never ran and never will: its tasks are free again. */
  | { readonly type: "jobFenced"; readonly job: JobName }
  | {
    readonly type: "jobState";
    readonly job: JobName;
    readonly state: QueueState;
    /** The scheduler's own word. */
    readonly nativeState: string;
    readonly reason?: string;
    /** The word is in no manual: all it says is that the job is there. */
    readonly isUnknownState?: true;
  }
  /** A round in which queue and disk agreed that these jobs are nowhere. */
  | { readonly type: "jobsNotListed"; readonly jobs: readonly JobName[] }
  | {
    readonly type: "taskStarted";
    readonly task: TaskKey;
    readonly job: JobName;
    /** Seconds since 1970 by the far side's clock. */
    readonly time: number;
  }
  | {
    readonly type: "taskExited";
    readonly task: TaskKey;
    readonly job: JobName;
    /** Above 128: 128 + the signal's number. */
    readonly code: number;
    readonly time: number;
    /** What would have been found where the command was not. */
    readonly suggestedCommand?: string;
  }
  /** The job's script was sent a signal that ends it: its tasks end in their own time. */
  | { readonly type: "jobSignalled"; readonly job: JobName }
  /** Results that were still on the far side are there no more: these tasks are to run again. */
  | {
    readonly type: "resultsLost";
    readonly tasks: readonly TaskKey[];
    /** Paths below the work base, an example for each of the first tasks: not the far side lost them, they were collected and deleted since. */
    readonly deleted?: readonly string[];
  }
  /** Another dpdisp has the submission; this one watches until it is done or gone. */
  | { readonly type: "attached"; readonly holderName: string }
  /** The job is over, by positive evidence. */
  | {
    readonly type: "jobEnded";
    readonly job: JobName;
    readonly reason: ExitReason;
  }
  /** The task failed more often than `retry_count` allows, or in a way that a retry cannot mend. */
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
  /** These jobs are to be cancelled; unless they are only outdated, nothing more is submitted. */
  | {
    readonly type: "cancelRequested";
    readonly reason: CancelReason;
    readonly jobs: readonly JobName[];
  }
  | { readonly type: "cancelSent"; readonly jobs: readonly JobName[] }
  | { readonly type: "cleaned" }
  | { readonly type: "warning"; readonly failure: Failure }
  /** This dpdisp leaves; the run stays open. */
  | {
    readonly type: "sessionEnded";
    readonly reason: SessionEndReason;
    readonly failure?: Failure;
  }
  /** The final report: `done` closes the run, `failed` leaves it open for another try. */
  | {
    readonly type: "runFinished";
    readonly outcome: "succeeded" | "failed";
    readonly dropped: number;
  };

/** Each happening with the client's clock, in milliseconds since 1970. */
export type Event = EventData & { readonly at: number };

/** `elsewhere`: the dpdisp that had the submission finished it; `stopped`: see the failure. */
export type SessionEndReason =
  | "interrupt"
  | "dry-run"
  | "exit-on-submit"
  | "cancel"
  | "elsewhere"
  | "stopped";

/** `outdated`: the script or an input changed since the job was handed over. */
export type CancelReason =
  | "ratio"
  | "fail-fast"
  | "cancel"
  | "outdated";

/** What a run is to do, for whoever has the journal and not the script. */
export interface PlanSummary {
  /** Absolute local folder that task folders and results are in. */
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

/** What a task brought home. */
export interface CollectedTask {
  readonly task: TaskKey;
  readonly files: readonly FileStamp[];
  /** Patterns that matched nothing. */
  readonly missing: readonly string[];
  /** Paths below the work base that could not be read there or written here: they stay where they are. */
  readonly notDownloaded?: readonly string[];
  /** Logs that have another name here, since a file of the user's own has theirs. */
  readonly renamedLogs?: readonly RenamedLog[];
}

/** POSIX paths below the work base: the file's own, and the one that it has here. */
export interface RenamedLog {
  readonly path: string;
  readonly savedAs: string;
}

/** A result as it was when it came home; unchanged means it still looks so. */
export interface FileStamp {
  /** POSIX path below the work base. */
  readonly path: string;
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
}
