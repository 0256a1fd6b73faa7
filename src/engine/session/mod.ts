/** One dpdisp on one submission: follows another, or leads. */
import type { OpenBackend } from "../../backends/backend.ts";
import { initialState, type RunState } from "../../model/run_state/mod.ts";
import { fail, ok, type Result } from "../../text/result.ts";
import { attach } from "./attach.ts";
import { findJobsElsewhere } from "./active_elsewhere.ts";
import { lead } from "./lead.ts";
import type { OnEvent, Session } from "./context.ts";
import type { Environment } from "../../environment/environment.ts";
import type { Plan } from "../../model/plan.ts";
import type { Transfers } from "../../model/backend_messages.ts";
import type { SessionOptions } from "../../model/run_options.ts";

/** A run as the command line follows it. */
export interface RunHandle {
  /** The fold of the events so far. */
  readonly progress: RunState;
  /** Folder of the journal. */
  readonly journal: string;
  /** Goes on to the end; each event is told when it is in the journal and in `progress`, before anything follows from it. */
  toEnd(onEvent: OnEvent): Promise<void>;
  /** What is on its way now. */
  transfers(): Transfers;
}

/**
 * Begins or goes on with the submission. Where another dpdisp of this user
 * has it, its events are followed, and its work is taken over if it leaves
 * before the end. Fails where no journal can be kept, or where jobs of the
 * script live at another place.
 */
export function startRun(
  plan: Plan,
  wishes: SessionOptions,
  world: Environment,
  open: OpenBackend,
  interrupt: AbortSignal,
): Promise<Result<RunHandle>> {
  const session: Session = {
    plan,
    wishes,
    world,
    open,
    interrupt,
    progress: initialState(),
    transfers: () => ({ up: null, down: null }),
  };
  const usable = world.journals.check(plan.runKey.split("-")[0]!);
  if (!usable.ok) return Promise.resolve(usable);
  const elsewhere = findJobsElsewhere(session);
  if (elsewhere !== null) return Promise.resolve(fail(elsewhere));
  const locked = world.journals.lock(plan.runKey);
  if (!locked.ok) return Promise.resolve(locked);
  return Promise.resolve(ok({
    get progress() {
      return session.progress;
    },
    transfers: () => session.transfers(),
    journal: world.journals.directory(plan.runKey),
    async toEnd(onEvent) {
      const lock = locked.value ?? await attach(session, onEvent);
      if (lock) await lead(session, lock, onEvent);
    },
  }));
}

export type { SessionOptions } from "../../model/run_options.ts";
