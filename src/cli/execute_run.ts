import type { RunHandle, SessionOptions } from "../engine/session/mod.ts";
import type { Environment } from "../environment/environment.ts";
import { printFailure } from "./print_errors.ts";
import { showProgress } from "./show_progress.ts";
import { type Commands, summarizeRun } from "./summary/run_summary.ts";
import { summaryText } from "./summary/text.ts";
import {
  jsonReporter,
  liveReporter,
  plainReporter,
  quietReporter,
  type Reporter,
} from "./progress/reporters.ts";
import type { JsonStream } from "./json_lines.ts";
import type { CommandContext } from "./command_context.ts";
import type { Plan } from "../model/plan.ts";
import type { RunView } from "./run_view.ts";
import { type NameOf, taskNames } from "./wording/names.ts";

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
  const session = {
    endedAt: clock.elapsed(),
    commands,
    cancelled,
    isInterrupted: interrupt.aborted,
    isCancelCommand: options.cancel,
    isOutputLost: isOutputLost(),
  };
  const summary = summarizeRun(plan, view.progress, ending, session, files);
  json?.write({ type: "summary", ...summary });
  // Where a program no longer reads the lines, the user reads on stderr how to resume.
  if (!json || terminal.outputLost.aborted) {
    terminal.err(`${summaryText(summary, view.nameOf).join("\n")}\n`);
  }
  return summary.exitCode;
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
    nameOf: namesIn(plan, run),
    transfers: () => run.transfers(),
    submitting: () => run.submitting(),
    waits: () => run.waits(),
    get progress() {
      return run.state;
    },
  };
}

/** The tasks of a run that another version of the script leads have the names that its journal gives them. */
function namesIn(plan: Plan, run: RunHandle): NameOf {
  const nameOf = taskNames(plan);
  const planned = new Set(plan.tasks.map(({ key }) => key));
  return (key) =>
    planned.has(key)
      ? nameOf(key)
      : taskNames(run.state.plan ?? { tasks: [] })(key);
}

function reporterFor(
  { json, quiet }: RunRequest,
  view: RunView,
  environment: Environment,
): Reporter {
  if (json) return jsonReporter(view, json);
  if (quiet) return quietReporter(view, environment);
  return environment.terminal.columns() === null
    ? plainReporter(view, environment)
    : liveReporter(view, environment);
}
