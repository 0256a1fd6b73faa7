import type { JobId, QueueState } from "../model/job.ts";
import type { Resources } from "../model/config.ts";
import type { JobNaming } from "./shared/job_names.ts";
import type { PortableField } from "../schema/backend_kinds.ts";
import type { JobShell } from "../script/job_script.ts";
import type { ShellText } from "../script/shell_text.ts";
import type { ExitReason, ExitReasonKind } from "../model/exit_reason.ts";
import type {
  BackendTraits,
  SubmitOutcome,
} from "../model/backend_messages.ts";

/** The exit code and the output of a command. */
export interface Reply {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * A batch system behind a shell, as data and pure functions: its commands, and
 * parsers of their output. It never runs anything and has no state. What all
 * batch systems share (quoting, retries, records, unknown states) is elsewhere.
 */
export interface Scheduler {
  /** As in `machine.batch_type`. */
  readonly name: string;
  /** Where the facts below come from. */
  readonly manual: string;
  /** Every native state of the manual. A job with any other state is polled again, with one warning. */
  readonly states: Readonly<Record<string, QueueState>>;
  readonly limits: Omit<BackendTraits, "explainsEnds" | "manual">;
  /** A shell expression for the job's own id, for use in double quotes in the job script. */
  readonly jobIdExpression: ShellText;
  /** Programs that the commands below run, by role; a site may replace them (`machine.commands`). */
  readonly programs: Readonly<Partial<Record<ProgramRole, string>>>;
  /** Prints the batch system's version; absent where no manual documents how. */
  readonly version?: ShellText;
  /** Prints the names of all queues, one per line; absent where no manual documents how. */
  readonly queues?: ShellText | null;
  /** The limits of a job's queue, or of the default queue; absent where no manual documents how to read them. */
  readonly queueLimits?: null | {
    ask(resources: Resources): ShellText;
    /** Null: the reply describes no queue. */
    parseQueue(reply: Reply): QueueLimits | null;
  };
  /** Prefixes of variables of a job that must not reach a submit command. */
  readonly leakedVariables: readonly string[];
  /** Variables of a user that change what the commands print, or whom they list. */
  readonly outputVariables: readonly string[];
  /** Portable fields of resources that `directives` supports; any other has no effect, and gives a warning. */
  readonly supportedFields: readonly PortableField[];
  /** How the user names jobs; null: a job has no name in the queue. */
  readonly naming: JobNaming | null;
  /** The user's name for all jobs, other than by a header line, and the one where there is no other. */
  readonly names?: {
    given(resources: Resources): string | null;
    readonly byDefault: string;
  };
  /** Null: a job is one element. */
  readonly array: null | ArraySupport;
  /** Complete header lines, without the user's custom_flags. */
  directives(resources: Resources): readonly string[];
  /**
   * Prints sed commands that rewrite directives for the version of the batch
   * system; run once before jobs are submitted, for `$header_edit` in `submit`.
   */
  headerEdit?(resources: Resources): ShellText | null;
  /** Why a line of custom_flags does not do what the user may expect, and what to do; null: it does. */
  flagProblem?(line: string): string | null;
  /**
   * Where dpdisp itself keeps the queue: functions `wait_for_slot` (waits a moment
   * for one of `$slots`; fails where none is free) and `add_running ID`; else null.
   */
  readonly slotGate: ShellText | null;
  /**
   * Submits `$file` with the job name `$name`; the job script's own output goes to
   * `$out`. `jobShell` runs the script where no batch system does.
   */
  submit(resources: Resources, jobShell?: JobShell): ShellText;
  parseSubmit(reply: Reply): SubmitOutcome;
  /** Prints the jobs, and maybe others of the user; the functions of the script's prelude are available. */
  poll(ids: readonly JobId[]): ShellText;
  parsePoll(reply: Reply): QueueListing;
  /** Prints all jobs of the user with their names, also ended ones; null where only the lock shows whether a job was submitted. */
  readonly findCommand: ShellText | null;
  /** Ids by the names in the queue, each of which ends with a {@linkcode JobName}; null: the listing is not complete. */
  parseFound(reply: Reply): ReadonlyMap<string, JobId> | null;
  /** Prints why jobs ended, where the queue shows only that they ended; null where nothing records that. */
  account(ids: readonly JobId[]): ShellText | null;
  parseAccounting(reply: Reply): ReadonlyMap<JobId, ExitReason>;
  /** Native states that are themselves an exit reason: the queue may not list the job any more at the next poll. */
  readonly endStates?: Readonly<Record<string, ExitReasonKind>>;
  /** Native states of jobs whose script ended with exit code 0. */
  readonly successStates?: readonly string[];
  /** It accepts jobs that no queue can ever run, and its listing does not say so. */
  readonly acceptsTooLarge?: true;
  /** Reasons of the listing for which a job does not start by itself; the first that matches counts. */
  readonly stuck?: readonly StuckReason[];
  /** What an ended job leaves behind, where the batch system may have forgotten it; absent: nothing is concluded from that. */
  readonly traces?: Traces;
  cancel(ids: readonly JobId[]): ShellText;
}

export interface StuckReason {
  readonly reason: RegExp;
  /** The listing itself shows the job as queued. */
  readonly isHeld?: true;
  /** What to do; `JOB` stands for its id. */
  readonly advice: string;
}

export interface Traces {
  /** Lines that the batch system writes into the output of a job that exceeds a limit. */
  readonly killLines: readonly (readonly [RegExp, ExitReasonKind])[];
}

export type ProgramRole = "submit" | "poll" | "account" | "cancel" | "capacity";

/** The most that a job may request; null: no limit, or none that the batch system shows. */
export interface QueueLimits {
  readonly walltimeSeconds: number | null;
  readonly memoryMib: Maximum | null;
  readonly cpus: Maximum | null;
  readonly gpus: Maximum | null;
  readonly nodes: number | null;
  /** Jobs of one user, queued and running. */
  readonly jobs: number | null;
  /** Why the queue takes no job of this user. */
  readonly refuses?: readonly string[];
  /** Why its jobs wait, whatever they request. */
  readonly waits?: readonly string[];
}

/** A limit for each node, for each CPU of a job, or for a job as a whole. */
export interface Maximum {
  readonly most: number;
  readonly per: "node" | "CPU" | "job";
}

/** A job as several elements, each with a part of its tasks. */
export interface ArraySupport {
  /** A shell expression for the element's index from 0, for use in double quotes in the job script. */
  readonly index: ShellText;
  /** Tasks of one element. */
  size(resources: Resources): number;
  /** The header line for an array of this many elements. */
  directive(elements: number, resources: Resources): string;
  /** Prints how many elements an array may have; null: no limit is known. */
  readonly capacity: ShellText | null;
  mostElements(reply: Reply): number | null;
}

export interface QueueListing {
  readonly entries: ReadonlyMap<
    JobId,
    {
      readonly nativeState: string;
      readonly reason?: string;
      /** The batch system says that no node or queue can ever run it. */
      readonly neverRuns?: true;
    }
  >;
  /** A job that is not listed does not exist in the queue. */
  readonly isComplete: boolean;
}
