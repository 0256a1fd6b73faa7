import type { Machine } from "../model/config.ts";
import type { Result } from "../text/result.ts";
import type { Staging } from "../pipeline/stage.ts";
import type { Environment } from "../environment/environment.ts";
import type { Shell } from "./shell.ts";

/** A way to reach a machine that runs `sh`. */
export interface Context {
  /** As in `machine.context_type`. */
  readonly name: string;
  /** How inputs get to where the tasks run. */
  staging(machine: Machine): Staging;
  /** True: what travels is made smaller. */
  compress(machine: Machine): boolean;
  open(machine: Machine, world: Environment): Promise<Result<Shell>>;
}
