import type { JobId, JobName, QueueState } from "../model/job.ts";
import type { Resources } from "../model/config.ts";
import type { PortableField } from "../schema/backend_kinds.ts";
import type { ShellText } from "../script/shell_text.ts";
import type { ExitReason, ExitReasonKind } from "../model/exit_reason.ts";
import type {
  BackendTraits,
  SubmitOutcome,
} from "../model/backend_messages.ts";

/** How a command ended and what it said. */
export interface Reply {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * A batch system behind a shell, as data and pure functions: what to ask it,
 * and how to read the answer. It never runs anything and holds no state.
 * Everything alike (quoting, retries, records, unknown words) is outside.
 */
export interface Scheduler {
  /** As in `machine.batch_type`. */
  readonly name: string;
  /** Where the facts below come from. */
  readonly manual: string;
  /** Every word of the manual. A word that is not here is asked about again, with one warning. */
  readonly states: Readonly<Record<string, QueueState>>;
  readonly limits: Omit<BackendTraits, "explainsEnds">;
  /** The job's own id, seen from inside it: expanded in double quotes. */
  readonly jobIdExpression: ShellText;
  /** Programs that the texts below call, by what for; a site may have others in their place (`machine.commands`). */
  readonly programs: Readonly<Partial<Record<ProgramRole, string>>>;
  /** Prints the batch system's version; absent where no manual tells how. */
  readonly version?: ShellText;
  /** Prints the names of all queues, one a line; absent where no manual tells how. */
  readonly queues?: ShellText | null;
  /** What the queue of a job allows, or the default one; absent where no manual tells how to learn it. */
  readonly queueLimits?: null | {
    ask(resources: Resources): ShellText;
    /** Null: the answer says nothing of a queue. */
    parseQueue(reply: Reply): QueueLimits | null;
  };
  /** Beginnings of variables of a job that must not reach a submit command. */
  readonly leakedVariables: readonly string[];
  /** Portable fields of resources that `directives` supports; any other has no effect, and gives a warning. */
  readonly supportedFields: readonly PortableField[];
  /** Null: a job is one element. */
  readonly array: null | ArraySupport;
  /** Complete header lines, without the user's own flags. */
  directives(resources: Resources): readonly string[];
  /**
   * Where nobody else keeps a queue: functions `gate` (waits a moment for one of
   * `$slots` to be free; fails where none is) and `launched ID`; null elsewhere.
   */
  readonly slotGate: ShellText | null;
  /** Hands over `$file` under the name `$name`; its own output belongs into `$out`. */
  submit(resources: Resources): ShellText;
  parseSubmit(reply: Reply): SubmitOutcome;
  /** Shows the jobs; the prelude's functions are at hand. */
  poll(ids: readonly JobId[]): ShellText;
  read(reply: Reply): QueueListing;
  /** All my jobs by name, ended ones too; null where the lock alone tells whether a job lives. */
  readonly findCommand: ShellText | null;
  parseFound(reply: Reply): ReadonlyMap<JobName, JobId>;
  /** Asks why jobs ended, of which the queue shows no more than that; null where nobody knows. */
  account(ids: readonly JobId[]): ShellText | null;
  parseAccounting(reply: Reply): ReadonlyMap<JobId, ExitReason>;
  /** Words of the queue itself that say why a job ended for good: it may have forgotten the job when it is asked again. */
  readonly endStates?: Readonly<Record<string, ExitReasonKind>>;
  cancel(ids: readonly JobId[]): ShellText;
}

export type ProgramRole = "submit" | "poll" | "account" | "cancel" | "capacity";

/** The most that a job may ask for; null: no limit, or nobody tells. */
export interface QueueLimits {
  readonly walltimeSeconds: number | null;
  readonly memoryMib: Maximum | null;
  readonly cpus: Maximum | null;
  readonly gpus: Maximum | null;
  readonly nodes: number | null;
  /** Of one user, queued and running. */
  readonly jobs: number | null;
}

/** So much for each node, each CPU of a job, or a job as a whole. */
export interface Maximum {
  readonly most: number;
  readonly per: "node" | "CPU" | "job";
}

/** A job as several elements, each with a part of its tasks. */
export interface ArraySupport {
  /** The element's number from 0, as it expands in double quotes inside the job. */
  readonly index: ShellText;
  /** Tasks of one element. */
  size(resources: Resources): number;
  /** The header line for so many elements. */
  directive(elements: number, resources: Resources): string;
  /** Prints how many elements an array may have; null: no limit is known. */
  readonly capacity: ShellText | null;
  mostElements(reply: Reply): number | null;
}

export interface QueueListing {
  readonly entries: ReadonlyMap<
    JobId,
    { readonly word: string; readonly reason?: string }
  >;
  /** A job that is not listed is not there. */
  readonly isComplete: boolean;
}
