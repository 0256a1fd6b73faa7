import type { RunState } from "../model/run_state/mod.ts";
import type { RunHandle, SessionOptions } from "../engine/session/mod.ts";
import type { Environment } from "../environment/environment.ts";
import { exitCodeOf, exitCodes } from "../model/exit_codes.ts";
import { printFailure } from "./print_errors.ts";
import { showProgress } from "./show_progress.ts";
import { lastLines } from "./summary/mod.ts";
import { jsonReporter } from "./progress/json.ts";
import { liveReporter } from "./progress/terminal.ts";
import { plainReporter, quietReporter } from "./progress/log.ts";
import type { JsonStream } from "./json_lines.ts";
import type { Reporter } from "./progress/reporter.ts";
import type { CommandContext } from "./command_context.ts";
import type { Plan } from "../model/plan.ts";
import type { Commands, FinalEvent } from "./summary/context.ts";
import { type RunView, taskNames } from "./run_view.ts";

export interface RunRequest {
  readonly plan: Plan;
  readonly options: SessionOptions;
  readonly commands: Commands;
  readonly json: JsonStream | null;
  readonly quiet: boolean;
}

/** Executes a run and returns the exit code. */
export async function executeRun(
  request: RunRequest,
  { environment, start, interrupt }: CommandContext,
): Promise<number> {
  const { plan, options, commands, json } = request;
  const { clock, terminal, files } = environment;
  const began = clock.now();
  // Ctrl-C ends the reader of a pipe too: then output is lost, but the cause is the interrupt.
  const isOutputLost = () => terminal.outputLost.aborted && !interrupt.aborted;
  const run = await start(
    plan,
    {
      ...options,
      // Lost output is not a request to cancel.
      get cancelOnInterrupt() {
        return options.cancelOnInterrupt && !isOutputLost();
      },
    },
    environment,
    // A cancellation is completed even where its output is lost.
    options.cancel ? interrupt : either(interrupt, terminal.outputLost),
  );
  if (!run.ok) return printFailure(run.error, terminal, json);
  const view = viewOf(plan, run.value);
  const { ending, cancelled } = await showProgress(
    run.value,
    reporterFor(request, view, environment),
    clock,
  );
  if (ending === null) throw new Error("a run ended without a final event");
  // Where a program no longer reads the events, the user reads on stderr how to resume.
  if (!json || terminal.outputLost.aborted) {
    const took = clock.now() - began;
    const lines = lastLines(ending, {
      ...view,
      commands,
      files,
      took,
      cancelled,
      isOutputLost: isOutputLost(),
    });
    terminal.err(`${lines.join("\n")}\n`);
  }
  return exitCodeAt(ending, run.value, {
    interrupted: interrupt.aborted,
    isOutputLost: isOutputLost(),
    isCancelCommand: options.cancel,
  });
}

/** Aborts with the first of the signals. (The signal of `AbortSignal.any` may be garbage-collected before its listeners are called.) */
function either(...signals: readonly AbortSignal[]): AbortSignal {
  const first = new AbortController();
  const abort = () => first.abort();
  for (const signal of signals) {
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
  }
  return first.signal;
}

/** A run may replace its first state by another: the state is read each time. */
function viewOf(plan: Plan, run: RunHandle): RunView {
  return {
    plan,
    nameOf: taskNames(plan),
    transfers: () => run.transfers(),
    get progress() {
      return run.state;
    },
  };
}

function reporterFor(
  { json, quiet }: RunRequest,
  view: RunView,
  environment: Environment,
): Reporter {
  if (json) return jsonReporter(view, json, environment);
  if (quiet) return quietReporter(view, environment);
  return environment.terminal.columns() === null
    ? plainReporter(view, environment)
    : liveReporter(view, environment);
}

function exitCodeAt(
  ending: FinalEvent,
  { state: progress }: RunHandle,
  /** Why the session ended. A cancellation with neither `interrupted` nor `isCancelCommand` was requested by another process. */
  { interrupted, isCancelCommand, isOutputLost }: {
    readonly interrupted: boolean;
    readonly isCancelCommand: boolean;
    readonly isOutputLost: boolean;
  },
): number {
  if (ending.type === "runFinished") return outcomeCode(ending.outcome);
  switch (ending.reason) {
    case "interrupt":
      return (isOutputLost ? exitCodes.unreached : exitCodes.interrupted).code;
    case "cancel":
      if (interrupted) return exitCodes.interrupted.code;
      return (isCancelCommand ? exitCodes.done : exitCodes.failed).code;
    case "stopped":
      return ending.failure
        ? exitCodeOf(ending.failure.kind)
        : exitCodes.failed.code;
    case "elsewhere":
      return outcomeCode(progress.finished);
    default:
      return exitCodes.done.code;
  }
}

function outcomeCode(outcome: RunState["finished"]): number {
  return (outcome === "failed" ? exitCodes.failed : exitCodes.done).code;
}
