import type { Backend } from "../../backends/backend.ts";
import type { EventData } from "../../model/event.ts";
import type { JobName } from "../../model/job.ts";
import type { RunState } from "../../model/run_state/mod.ts";
import type { Failure } from "../../text/result.ts";
import type { Clock } from "../../environment/environment.ts";
import type { Plan } from "../../model/plan.ts";
import type {
  BackendTraits,
  RemoteState,
} from "../../model/backend_messages.ts";

/** What an action needs. */
export interface ActionContext extends EventStream {
  readonly plan: Plan;
  readonly backend: Backend;
  /** The backend's traits, with the user's settings. */
  readonly limits: BackendTraits;
  readonly state: RunState;
  /** Later requests are made with what the last inspection found. */
  readonly inspection: Inspection;
  /** Jobs of the submit in progress to which no reply came yet. */
  readonly submitting: Set<JobName>;
  readonly clock: Clock;
  /** Run ids of closed generations: their remote directories may be replaced. */
  readonly closedRunIds: readonly string[];
  /** Further events that follow from what an inspection found. */
  eventsAfterInspection(remote: RemoteState): Iterable<EventData>;
  /** False: the process with this name ("host pid") is known to have ended. */
  isAlive(holderName: string): boolean;
}

export interface Inspection {
  /** Null before the first. */
  last: RemoteState | null;
}

/** Receives events. */
export interface EventStream {
  /** When it returns, the event is in the journal and in `state`, and was reported. Events after the last one are dropped. */
  emit(event: EventData): void;
  /** The last event was emitted. */
  hasEnded(): boolean;
}

/** The failure of an action, or null. */
export type ActionOutcome = Promise<Failure | null>;

/** Every action but inspecting comes after an inspection; another order is a bug. */
export function inspectedOf({ last }: Inspection): RemoteState {
  if (last === null) throw new Error("the remote host was not inspected");
  return last;
}
