/** One dpdisp on one submission: follows another, or leads. */
import type { Open, Transfers } from "./backends/backend.ts";
import type { Plan } from "./job.ts";
import { beginning, type Progress } from "./progress.ts";
import { fail, ok, type Result } from "./result.ts";
import { attach } from "./session/attach.ts";
import { livesElsewhere } from "./session/elsewhere.ts";
import { lead } from "./session/lead.ts";
import type { OnEvent, Session, SessionWishes } from "./session/session.ts";
import type { World } from "./world.ts";

export type { SessionWishes } from "./session/session.ts";

/** A run as the command line follows it. */
export interface Run {
  /** The fold of the events so far. */
  readonly progress: Progress;
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
  wishes: SessionWishes,
  world: World,
  open: Open,
  interrupt: AbortSignal,
): Promise<Result<Run>> {
  const session: Session = {
    plan,
    wishes,
    world,
    open,
    interrupt,
    progress: beginning(),
    transfers: () => ({ up: null, down: null }),
  };
  const usable = world.journals.check(plan.key.split("-")[0]!);
  if (!usable.ok) return Promise.resolve(usable);
  const elsewhere = livesElsewhere(session);
  if (elsewhere !== null) return Promise.resolve(fail(elsewhere));
  const locked = world.journals.lock(plan.key);
  if (!locked.ok) return Promise.resolve(locked);
  return Promise.resolve(ok({
    get progress() {
      return session.progress;
    },
    transfers: () => session.transfers(),
    journal: world.journals.folder(plan.key),
    async toEnd(onEvent) {
      const lock = locked.value ?? await attach(session, onEvent);
      if (lock) await lead(session, lock, onEvent);
    },
  }));
}
