import type { Event, TaskSummary } from "../model/event.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import type { OutsideInput } from "../pipeline/plan/outside_inputs.ts";
import type { Failure } from "../text/result.ts";
import { visibleJson } from "../text/visible.ts";
import type { Terminal } from "../environment/environment.ts";
import type { DoctorCheck } from "../model/backend_messages.ts";

/**
 * A line of `--json`: an event of a run, or a notice of dpdisp outside of a run.
 * `at` is in milliseconds since 1970 by the local clock, `time` in seconds since
 * 1970 by the clock of the remote host. The two must not be compared.
 */
export type JsonLine = Event | Notice;

/** A line that is not part of a run and is not in the journal. */
export type Notice =
  /** The input has errors; nothing was submitted. */
  | {
    readonly type: "diagnostics";
    readonly errors: readonly Diagnostic[];
    readonly warnings: readonly Diagnostic[];
  }
  /** Warnings about an input without errors. */
  | { readonly type: "warnings"; readonly warnings: readonly Diagnostic[] }
  /** There is no run: wrong usage, a file that cannot be read, a journal that cannot be opened. */
  | { readonly type: "error"; readonly failure: Failure }
  /** The tasks of a run: the first line of `run`, before any event. */
  | { readonly type: "tasks"; readonly tasks: readonly NamedTask[] }
  /** The tasks of a run that failed and have no retries left, if any: the line before its `runFinished`. */
  | { readonly type: "failures"; readonly failures: readonly FailedTask[] }
  /** The result of `check`. */
  | ({ readonly type: "checkResult" } & Summary)
  /** The result of `plan`. */
  | ({ readonly type: "planResult" } & Summary & PlannedRun)
  /** One check of `doctor`. */
  | ({ readonly type: "doctorCheck" } & DoctorCheck);

/** The task that events name by its key. */
export interface NamedTask {
  /** The key of the task. */
  readonly task: string;
  /** Its directory below the work base, POSIX; "." is the work base itself. */
  readonly dir: string;
  readonly command: string;
}

export interface FailedTask extends NamedTask {
  /** Why it failed, in words. */
  readonly reason: string;
  /** Its exit code; above 128: 128 + the number of the signal; null: the task did not finish. */
  readonly code: number | null;
  /** Its last job, whose `jobEnded` has the exit reason; null: it was in no job. */
  readonly job: string | null;
  /** Absolute local path of the log to read first; null: no log was collected. */
  readonly log: string | null;
}

/** What a script describes; all paths are absolute. */
export interface Summary {
  readonly script: string;
  /** Local directory that task directories and results are in. */
  readonly workBase: string;
  /** Remote directory; may begin with `~` or a variable of the remote host. */
  readonly remoteDir: string;
  readonly headerTemplate: string | null;
  readonly scheduler: string;
  readonly context: string;
  /** Number of tasks. */
  readonly tasks: number;
  /** Number of jobs that the tasks are packed into. */
  readonly jobs: number;
}

export interface PlannedRun extends OutsideAccess {
  /** Number of files to stage. */
  readonly files: number;
  /** Size of the files to stage. */
  readonly bytes: number;
  readonly taskList: readonly PlannedTask[];
  readonly jobList: readonly PlannedJob[];
}

/** What a script accesses outside its work base. */
export interface OutsideAccess {
  /** Inputs, and a header template, whose real path is outside the work base. */
  readonly outsideInputs: readonly OutsideInput[];
  /** Commands that run on this computer, other than the tasks themselves. */
  readonly localCommands: readonly LocalCommand[];
}

export interface LocalCommand {
  /** Path of the field, such as `machine.remote_profile.proxy_command`. */
  readonly field: string;
  readonly command: string;
}

export type PlannedTask = Pick<TaskSummary, "key" | "dir" | "command">;

export interface PlannedJob {
  /** Keys of its tasks. */
  readonly tasks: readonly string[];
  /** The job script, except for the job's name; null where the backend takes no script. */
  readonly script: string | null;
}

export function writeLine({ out }: Terminal, line: JsonLine): void {
  out(`${visibleJson(line)}\n`);
}
