/** What a shell backend is made of. */
import type { Plan } from "../../model/plan.ts";
import type { Session } from "../backend.ts";
import type { Shell } from "../../contexts/shell.ts";
import type { Scheduler } from "../../schedulers/scheduler.ts";
import type { Staging } from "../../pipeline/stage.ts";
import type { World } from "../../environment/environment.ts";

/** What a shell backend is made of. */
export interface Parts {
  readonly plan: Plan;
  readonly session: Session;
  readonly shell: Shell;
  readonly scheduler: Scheduler;
  readonly staging: Staging;
  /** Streams may be made smaller. */
  readonly compress: boolean;
  readonly world: World;
}
