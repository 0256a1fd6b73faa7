import type { Machine } from "../model/config.ts";
import type { Result } from "../text/result.ts";
import type { Environment } from "../environment/environment.ts";
import type { ContextName } from "../schema/names.ts";
import type { Shell } from "./shell.ts";

/** Opens a shell on the host where the jobs run. */
export interface Context {
  /** The value of `machine.context_type`. */
  readonly name: ContextName;
  /** Whether archives are compressed for the transfer. */
  canCompress(machine: Machine): boolean;
  open(machine: Machine, environment: Environment): Promise<Result<Shell>>;
}
