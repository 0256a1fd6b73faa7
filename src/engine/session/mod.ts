/** A session: one dpdisp process that leads a run, or attaches to the process that does. */
import type { OpenBackend } from "../../backends/backend.ts";
import type { JobName } from "../../model/job.ts";
import { initialState, type RunState } from "../../model/run_state/mod.ts";
import { fail, ok, type Result } from "../../text/result.ts";
import { attach } from "./attach.ts";
import { findJobsElsewhere } from "./active_elsewhere.ts";
import { lead } from "./lead.ts";
import type { OnEvent, Session } from "./context.ts";
import type { Environment } from "../../environment/environment.ts";
import type { Plan } from "../../model/plan.ts";
import type { Transfers, Wait } from "../../model/backend_messages.ts";
import type { SessionOptions } from "../../model/run_options.ts";

/** A run, as the command line uses it. */
export interface RunHandle {
  /** The state after the events so far. */
  readonly state: RunState;
  /** Directory of the journal. */
  readonly journal: string;
  /** Runs to the end; each event is reported when it is in the journal and in `state`, before anything follows from it. */
  toEnd(onEvent: OnEvent): Promise<void>;
  /** The active transfers. */
  transfers(): Transfers;
  /** Jobs of the submit in progress to which no reply came yet. */
  submitting(): ReadonlySet<JobName>;
  /** What calls to the remote host wait for now. */
  waits(): Iterable<Wait>;
}

/**
 * Starts or resumes the run. Where another dpdisp process of this user
 * leads it, this one attaches to it, and takes the run over if that one stops
 * before the end. Fails where the journal cannot be written, or where jobs of the
 * script may be active in another remote directory.
 */
export function startRun(
  plan: Plan,
  options: SessionOptions,
  environment: Environment,
  open: OpenBackend,
  interrupt: AbortSignal,
): Promise<Result<RunHandle>> {
  const session: Session = {
    plan,
    options,
    environment,
    open,
    interrupt,
    state: initialState(),
    submitting: new Set(),
    transfers: { up: null, down: null },
    waits: new Set(),
  };
  const writable = environment.journals.check(plan.runKey.split("-")[0]!);
  if (!writable.ok) return Promise.resolve(writable);
  const elsewhere = findJobsElsewhere(session);
  if (elsewhere !== null) return Promise.resolve(fail(elsewhere));
  const locked = environment.journals.lock(plan.runKey);
  if (!locked.ok) return Promise.resolve(locked);
  return Promise.resolve(ok({
    get state() {
      return session.state;
    },
    transfers: () => session.transfers,
    submitting: () => session.submitting,
    waits: () => session.waits,
    journal: environment.journals.directory(plan.runKey),
    async toEnd(onEvent) {
      const lock = locked.value ?? await attach(session, onEvent);
      if (lock) await lead(session, lock, onEvent);
    },
  }));
}

export type { SessionOptions } from "../../model/run_options.ts";
