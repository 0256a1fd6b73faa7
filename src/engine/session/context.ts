import type { Open } from "../../backends/backend.ts";
import type { Event } from "../../model/event.ts";
import type { Progress } from "../../model/run_state/mod.ts";
import type { World } from "../../environment/environment.ts";
import type { Plan } from "../../model/plan.ts";
import type { Transfers } from "../../model/backend_messages.ts";
import type { SessionWishes } from "../../model/run_options.ts";
export type OnEvent = (event: Event) => void;

/** What every part of a session is handed. */
export interface Session {
  readonly plan: Plan;
  readonly wishes: SessionWishes;
  readonly world: World;
  readonly open: Open;
  readonly interrupt: AbortSignal;
  progress: Progress;
  /** What is on its way now. */
  transfers: () => Transfers;
}
