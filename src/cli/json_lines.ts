import type { Event } from "../model/event.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import type { OutsideInput } from "../pipeline/plan/outside_inputs.ts";
import type { Failure } from "../text/result.ts";
import { visibleJson } from "../text/visible.ts";
import type { Terminal } from "../environment/environment.ts";
import type { DoctorCheck } from "../model/backend_messages.ts";

/**
 * A line of `--json`: what happened in a run, or what dpdisp has to say outside of one.
 * `at` is in milliseconds since 1970 by this machine's clock, `time` in seconds since
 * 1970 by the far side's: the two are not to be compared.
 */
export type JsonLine = Event | Notice;

/** What is no part of a run: nothing of it stands in the journal. */
export type Notice =
  /** The input is not accepted; nothing was sent. */
  | {
    readonly type: "diagnostics";
    readonly errors: readonly Diagnostic[];
    readonly warnings: readonly Diagnostic[];
  }
  /** Oddities of an input that is accepted. */
  | { readonly type: "warnings"; readonly warnings: readonly Diagnostic[] }
  /** There is no run: bad usage, an unreadable file, a journal that cannot be had. */
  | { readonly type: "error"; readonly failure: Failure }
  /** The tasks of a run, before anything of it happens: the first line of `run`. */
  | { readonly type: "tasks"; readonly tasks: readonly NamedTask[] }
  /** The tasks of a run that failed for good, where there are any: the line before its `finished`. */
  | { readonly type: "failures"; readonly failures: readonly FailedTask[] }
  /** The answer of `check`. */
  | ({ readonly type: "checkResult" } & Summary)
  /** The answer of `plan`. */
  | ({ readonly type: "planResult" } & Summary & PlannedWork)
  /** One thing that `doctor` looked at. */
  | ({ readonly type: "doctorCheck" } & DoctorCheck);

/** What the key stands for by which events name a task. */
export interface NamedTask {
  readonly task: string;
  /** Below the work base, POSIX; "." is the work base itself. */
  readonly folder: string;
  readonly command: string;
}

export interface FailedTask extends NamedTask {
  /** Why, in words. */
  readonly reason: string;
  /** Above 128: 128 + the signal's number; null: it never came to its end. */
  readonly code: number | null;
  /** The job that it was in last, whose `ended` has the cause; null: none. */
  readonly job: string | null;
  /** Absolute path on this machine of the log to read first; null: none came home. */
  readonly log: string | null;
}

/** What an input comes to; all paths absolute. */
export interface Summary {
  readonly script: string;
  readonly base: string;
  /** Folder on the execution side; may begin with `~` or a variable of that side. */
  readonly root: string;
  readonly headerTemplate: string | null;
  readonly scheduler: string;
  readonly context: string;
  readonly tasks: number;
  readonly jobs: number;
}

export interface PlannedWork extends Reach {
  readonly files: number;
  readonly bytes: number;
  readonly work: readonly PlannedTask[];
  readonly packing: readonly PlannedJob[];
}

/** What goes beyond the work base. */
export interface Reach {
  /** Inputs, and a header template, whose real path is outside the work base. */
  readonly outside: readonly OutsideInput[];
  /** What the script has run on this machine, beside the tasks themselves. */
  readonly commands: readonly LocalCommand[];
}

export interface LocalCommand {
  /** `machine.remote_profile.proxy_command` */
  readonly field: string;
  readonly command: string;
}

export interface PlannedTask {
  readonly key: string;
  readonly dir: string;
  readonly command: string;
}

export interface PlannedJob {
  readonly tasks: readonly string[];
  /** What its scheduler will be handed, but for the job's name; null where the backend takes no script. */
  readonly script: string | null;
}

export function writeLine({ out }: Terminal, line: JsonLine): void {
  out(`${visibleJson(line)}\n`);
}
