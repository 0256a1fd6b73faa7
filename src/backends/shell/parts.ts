import type { Plan } from "../../model/plan.ts";
import type { BackendSession } from "../backend.ts";
import type { Shell } from "../../contexts/shell.ts";
import type { Scheduler } from "../../schedulers/scheduler.ts";
import type { Environment } from "../../environment/environment.ts";

/** The parts of a shell backend. */
export interface ShellBackendParts {
  readonly plan: Plan;
  readonly session: BackendSession;
  readonly shell: Shell;
  readonly scheduler: Scheduler;
  /** Streams may be compressed. */
  readonly canCompress: boolean;
  readonly environment: Environment;
  /** How long the remote root may be away until it counts as removed. */
  readonly awayLimitMs?: number;
}
