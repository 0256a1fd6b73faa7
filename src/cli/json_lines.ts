import type { Event, PlanSummary } from "../model/event.ts";
import { type Plan, summaryOfPlan } from "../model/plan.ts";
import type { Diagnostic } from "../model/diagnostic.ts";
import type { OutsideInput } from "../pipeline/plan/outside_inputs.ts";
import type { Failure } from "../text/result.ts";
import { visibleJson } from "../text/visible.ts";
import type { Terminal } from "../environment/environment.ts";
import type { DoctorCheck } from "../model/backend_messages.ts";
import type { RunSummary } from "./summary/run_summary.ts";
import { VERSION } from "../version.ts";

/** Increased when a program could misread a line that it can read today; new types of lines and new fields do not increase it. */
const STREAM_SCHEMA = 1;

/**
 * A line of `--json`: an event of a run, or a notice outside of a run. Events have
 * a `time`: seconds since 1970 by the local clock, with milliseconds.
 * `remoteTime` is seconds since 1970 by the clock of the host where a job runs;
 * the two must not be compared.
 */
export type JsonLine = Event | Notice;

/** A line that is not part of a run and is not in the journal. */
export type Notice =
  /** The first line of every command. */
  | {
    readonly type: "stream";
    /** 1; increased when a program could misread the lines. */
    readonly schema: number;
    /** The version of dpdisp. */
    readonly version: string;
    /** The tasks that other lines name by key; absent where the script was not accepted. A key that is not in it belongs to a task that the script no longer has. */
    readonly plan?: PlanSummary;
  }
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
  /** The last line of `run` and `cancel`, after the last event. */
  | ({ readonly type: "summary" } & RunSummary)
  /** The result of `check`. */
  | ({ readonly type: "checkResult" } & ScriptSummary)
  /** The result of `plan`. */
  | ({ readonly type: "planResult" } & ScriptSummary & PlannedRun)
  /** One check of `doctor`. */
  | ({ readonly type: "doctorCheck" } & DoctorCheck);

/** What a script describes; all paths are absolute. */
export interface ScriptSummary {
  readonly script: string;
  /** Local directory that task directories and results are in. */
  readonly workBase: string;
  /** Remote directory; may begin with `~` or a variable of the remote host. */
  readonly remoteDir: string;
  readonly headerTemplate: string | null;
  readonly scheduler: string;
  readonly context: string;
  readonly taskCount: number;
  /** Number of jobs that the tasks are packed into. */
  readonly jobCount: number;
}

export interface PlannedRun extends OutsideAccess {
  /** Number of files to stage. */
  readonly files: number;
  /** Size of the files to stage. */
  readonly bytes: number;
  readonly jobs: readonly PlannedJob[];
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

export interface PlannedJob {
  /** Keys of its tasks. */
  readonly tasks: readonly string[];
  /** The job script, except for the job's name; null where the backend takes no script. */
  readonly script: string | null;
}

/** The output of `--json`. */
export interface JsonStream {
  /** Writes the first line, unless it was written. */
  begin(plan?: Plan): void;
  /** Writes a line, after the first one. */
  write(line: JsonLine): void;
}

export function jsonStream({ out }: Terminal): JsonStream {
  const state = { hasBegun: false };
  const begin = (plan?: Plan) => {
    if (state.hasBegun) return;
    state.hasBegun = true;
    const first: Notice = {
      type: "stream",
      schema: STREAM_SCHEMA,
      version: VERSION,
      ...(plan && { plan: summaryOfPlan(plan) }),
    };
    out(`${visibleJson(first)}\n`);
  };
  return {
    begin,
    write(line) {
      begin();
      out(`${visibleJson(line)}\n`);
    },
  };
}
