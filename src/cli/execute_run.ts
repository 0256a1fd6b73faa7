import type { RunState } from "../model/run_state/mod.ts";
import type { RunHandle, SessionOptions } from "../engine/session/mod.ts";
import type { Environment } from "../environment/environment.ts";
import { exitCodeOf, exitCodes } from "./exit_codes.ts";
import { printFailure } from "./print_errors.ts";
import { showProgress } from "./show_progress.ts";
import { lastLines } from "./summary/mod.ts";
import { jsonReporter } from "./progress/json.ts";
import { liveReporter } from "./progress/terminal.ts";
import { plainReporter, quietReporter } from "./progress/log.ts";
import type { Reporter } from "./progress/reporter.ts";
import type { CommandContext } from "./command_context.ts";
import type { Plan } from "../model/plan.ts";
import type { Commands, FinalEvent } from "./summary/context.ts";
import { type RunView, taskNames } from "./run_view.ts";

export interface RunRequest {
  readonly plan: Plan;
  readonly wishes: SessionOptions;
  readonly commands: Commands;
  readonly json: boolean;
  readonly quiet: boolean;
}

/** Gives the exit code. */
export async function executeRun(
  errand: RunRequest,
  { world, start, interrupt }: CommandContext,
): Promise<number> {
  const { plan, wishes, commands, json } = errand;
  const { clock, terminal, files } = world;
  const began = clock.now();
  // Whoever interrupts a pipe ends its reader too: then it is an interrupt.
  const isUnheard = () => terminal.outputLost.aborted && !interrupt.aborted;
  const run = await start(
    plan,
    {
      ...wishes,
      // Output that is lost is no wish to cancel.
      get cancelOnInterrupt() {
        return wishes.cancelOnInterrupt && !isUnheard();
      },
    },
    world,
    // A cancellation is carried to its end, whether anybody hears of it or not.
    wishes.cancel ? interrupt : either(interrupt, terminal.outputLost),
  );
  if (!run.ok) return printFailure(run.error, terminal, json);
  const scene = sceneOf(plan, run.value);
  const { ending, cancelled } = await showProgress(
    run.value,
    reporterFor(errand, scene, world),
    clock,
  );
  if (ending === null) throw new Error("a run ended without saying how");
  // Where no program hears it any more, whoever reads messages is told how to go on.
  if (!json || terminal.outputLost.aborted) {
    const took = clock.now() - began;
    const lines = lastLines(ending, {
      ...scene,
      commands,
      files,
      took,
      cancelled,
      isUnheard: isUnheard(),
    });
    terminal.err(`${lines.join("\n")}\n`);
  }
  return exitCodeAt(ending, run.value, {
    interrupted: interrupt.aborted,
    isUnheard: isUnheard(),
    asked: wishes.cancel,
  });
}

/** Aborts with the first of them. (`AbortSignal.any` may be collected before anybody hears it.) */
function either(...signals: readonly AbortSignal[]): AbortSignal {
  const first = new AbortController();
  const abort = () => first.abort();
  for (const signal of signals) {
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
  }
  return first.signal;
}

/** A run may put another progress in place of its first: it is looked up each time. */
function sceneOf(plan: Plan, run: RunHandle): RunView {
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
  scene: RunView,
  world: Environment,
): Reporter {
  if (json) return jsonReporter(scene, world);
  if (quiet) return quietReporter(scene, world);
  return world.terminal.columns() === null
    ? plainReporter(scene, world)
    : liveReporter(scene, world);
}

function exitCodeAt(
  ending: FinalEvent,
  { state: progress }: RunHandle,
  /** What made it leave; where it was cancelled, neither of `interrupted` and `asked`: from elsewhere. */
  { interrupted, asked, isUnheard }: {
    readonly interrupted: boolean;
    readonly asked: boolean;
    readonly isUnheard: boolean;
  },
): number {
  if (ending.type === "runFinished") return outcomeCode(ending.outcome);
  switch (ending.reason) {
    case "interrupt":
      return (isUnheard ? exitCodes.unreached : exitCodes.interrupted).code;
    case "cancel":
      if (interrupted) return exitCodes.interrupted.code;
      return (asked ? exitCodes.done : exitCodes.failed).code;
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
