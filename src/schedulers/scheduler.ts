import type { JobId, JobName, QueueState } from "../job.ts";
import type { Limits } from "../backends/backend.ts";
import type { Resources } from "../config.ts";

/** How a command ended and what it said. */
export interface Reply {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** POSIX shell text. */
export type ShellText = string;

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
  readonly limits: Limits;
  /** The job's own id, seen from inside it: expanded in double quotes. */
  readonly self: ShellText;
  /** Complete header lines, without the user's own flags. */
  directives(resources: Resources): readonly string[];
  /**
   * Where nobody else keeps a queue: functions `gate` (waits a moment for one of
   * `$slots` to be free; fails where none is) and `launched ID`; null elsewhere.
   */
  readonly gate: ShellText | null;
  /** Hands over `$file` under the name `$name`; its own output belongs into `$out`. */
  readonly submit: ShellText;
  answer(reply: Reply): Answer;
  /** Shows the jobs; the prelude's functions are at hand. */
  poll(ids: readonly JobId[]): ShellText;
  read(reply: Reply): Listing;
  /** All my jobs by name, ended ones too; null where the lock alone tells whether a job lives. */
  readonly find: ShellText | null;
  found(reply: Reply): ReadonlyMap<JobName, JobId>;
  cancel(ids: readonly JobId[]): ShellText;
}

/** What a submit led to; whatever is not known to be a refusal is unsure. */
export type Answer =
  | { readonly outcome: "accepted"; readonly id: JobId }
  | { readonly outcome: "refused" | "full" | "unsure" };

export interface Listing {
  readonly known: ReadonlyMap<
    JobId,
    { readonly word: string; readonly reason?: string }
  >;
  /** A job that is not listed is not there. */
  readonly complete: boolean;
}
