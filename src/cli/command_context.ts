import type { Result } from "../text/result.ts";
import type { Run, SessionWishes } from "../engine/session/mod.ts";
import type { World } from "../environment/environment.ts";
import type { Plan } from "../model/plan.ts";

/** Begins a run, or goes on with one. */
export type Start = (
  plan: Plan,
  wishes: SessionWishes,
  world: World,
  interrupt: AbortSignal,
) => Promise<Result<Run>>;

/** What every command is handed. */
export interface Setting {
  readonly world: World;
  /** The command line as it was typed, without the program's name. */
  readonly args: readonly string[];
  readonly start: Start;
  /** Aborts at the first interrupt. Before someone looks here an interrupt ends the program. */
  readonly interrupt: AbortSignal;
}
