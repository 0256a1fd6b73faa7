/** A run as the command line shows it. */
import type { JobName } from "../model/job.ts";
import type { Plan } from "../model/plan.ts";
import type { RunState } from "../model/run_state/mod.ts";
import type { Transfers, Wait } from "../model/backend_messages.ts";
import type { NameOf } from "./wording/names.ts";

export interface PlanAndState {
  readonly plan: Plan;
  /** Includes the event that is reported. */
  readonly progress: RunState;
}

/** What lines are made from. */
export interface RunView extends PlanAndState {
  readonly nameOf: NameOf;
  readonly transfers: () => Transfers;
  readonly submitting: () => ReadonlySet<JobName>;
  readonly waits: () => Iterable<Wait>;
}
