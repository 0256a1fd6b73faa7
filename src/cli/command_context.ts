import type { Result } from "../text/result.ts";
import type { RunHandle, SessionOptions } from "../engine/session/mod.ts";
import type { Environment } from "../environment/environment.ts";
import type { Plan } from "../model/plan.ts";

/** Begins a run, or goes on with one. */
export type Start = (
  plan: Plan,
  wishes: SessionOptions,
  world: Environment,
  interrupt: AbortSignal,
) => Promise<Result<RunHandle>>;

/** What every command is handed. */
export interface CommandContext {
  readonly world: Environment;
  /** The command line as it was typed, without the program's name. */
  readonly args: readonly string[];
  readonly start: Start;
  /** Aborts at the first interrupt. Before someone looks here an interrupt ends the program. */
  readonly interrupt: AbortSignal;
}
