import type { Backend } from "../../backends/backend.ts";
import type { EventData } from "../../model/event.ts";
import type { RunState } from "../../model/run_state/mod.ts";
import type { Failure } from "../../text/result.ts";
import type { Clock } from "../../environment/environment.ts";
import type { Plan } from "../../model/plan.ts";
import type { BackendTraits } from "../../model/backend_messages.ts";

/** What a step works with. */
export interface ActionContext extends EventStream {
  readonly plan: Plan;
  readonly backend: Backend;
  /** The backend's, but for what the user sets. */
  readonly limits: BackendTraits;
  readonly state: RunState;
  readonly clock: Clock;
  /** Marks of closed generations: their folder is nobody's. */
  readonly closedRunIds: readonly string[];
  /** False: the dpdisp that is named so ("host pid") is known to be gone. */
  isAlive(who: string): boolean;
}

/** Where events go. */
export interface EventStream {
  /** When it returns, the event is in the journal and in `progress`, and was told. After the last event nothing is. */
  emit(event: EventData): void;
  /** The last event was emitted. */
  hasEnded(): boolean;
}

/** What went wrong with a step, if anything did. */
export type Outcome = Promise<Failure | null>;
