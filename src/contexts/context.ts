import type { Machine } from "../model/config.ts";
import type { Result } from "../text/result.ts";
import type { Environment } from "../environment/environment.ts";
import type { ContextName } from "../schema/names.ts";
import type { Shell } from "./shell.ts";

/** A way to reach a machine that runs `sh`. */
export interface Context {
  /** As in `machine.context_type`. */
  readonly name: ContextName;
  /** True: what travels is made smaller. */
  compress(machine: Machine): boolean;
  open(machine: Machine, world: Environment): Promise<Result<Shell>>;
}
