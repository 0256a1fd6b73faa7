import type { OpenBackend } from "../../backends/backend.ts";
import type { Event } from "../../model/event.ts";
import type { JobName } from "../../model/job.ts";
import type { RunState } from "../../model/run_state/mod.ts";
import type { Environment } from "../../environment/environment.ts";
import type { Plan } from "../../model/plan.ts";
import type { Transfers, Wait } from "../../model/backend_messages.ts";
import type { SessionOptions } from "../../model/run_options.ts";
export type OnEvent = (event: Event) => void;

/** What every part of a session shares. */
export interface Session {
  readonly plan: Plan;
  readonly options: SessionOptions;
  readonly environment: Environment;
  readonly open: OpenBackend;
  readonly interrupt: AbortSignal;
  state: RunState;
  /** Jobs of the submit in progress to which no reply came yet. */
  readonly submitting: Set<JobName>;
  /** What calls to the remote host wait for. */
  readonly waits: Set<Wait>;
  /** The active transfers. */
  readonly transfers: {
    -readonly [Direction in keyof Transfers]: Transfers[Direction];
  };
}
