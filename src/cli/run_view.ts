/** A run as the command line shows it. */
import type { Plan } from "../model/plan.ts";
import type { RunState } from "../model/run_state/mod.ts";
import type { Transfers } from "../model/backend_messages.ts";
import type { NameOf } from "./wording/names.ts";

/** What lines are made from; `progress` includes the event that is reported. */
export interface RunView {
  readonly plan: Plan;
  readonly progress: RunState;
  readonly nameOf: NameOf;
  readonly transfers: () => Transfers;
}
