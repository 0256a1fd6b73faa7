/** The one loop that acts. `decide` and `next` say what is to be done; the lanes do it. */
import type { Run } from "./act.ts";
import type { Event, Happening } from "./event.ts";
import { openLanes } from "./lanes.ts";
import { decide } from "./decide.ts";
import { next } from "./next.ts";
import type { Pace, Wishes } from "./step.ts";
import { apply } from "./progress.ts";

/**
 * Carries a plan to its end and tells every event as it happens, folded into
 * `run.progress` already. The last one is `finished` or `left`. `interrupt`
 * ends the session, not the jobs, unless `wishes.cancel` says so.
 */
export async function* drive(
  run: Run,
  wishes: Wishes,
  interrupt: AbortSignal,
): AsyncGenerator<Event> {
  const { plan, progress, clock } = run;
  const lanes = openLanes(run);
  try {
    for (;;) {
      for (const happening of decisions(run, wishes)) {
        if (isLast(happening) && lanes.isSubmitting()) break;
        yield fold(run, happening);
        if (isLast(happening)) return;
      }
      if (interrupt.aborted && !wishes.cancelOnInterrupt) {
        return yield fold(run, { type: "left", why: "interrupt" });
      }
      const now = { now: clock.now(), ...lanes.times() };
      const { steps, wake } = next(progress, plan, wishes, paceOf(run), now);
      lanes.start(steps);
      const signal = interrupt.aborted ? null : interrupt;
      for (const { happenings, folded } of await lanes.listen(wake, signal)) {
        for (const happening of happenings) {
          yield fold(run, happening);
          if (isLast(happening)) return;
        }
        folded();
      }
    }
  } finally {
    lanes.close();
  }
}

/** What follows from the progress alone; each is folded before the next is decided. */
function* decisions(run: Run, wishes: Wishes): Generator<Happening> {
  for (;;) {
    const { progress, plan, clock } = run;
    const decided = decide(progress, plan, wishes, paceOf(run), clock.now());
    if (decided.length === 0) return;
    yield* decided;
  }
}

function fold({ progress, clock }: Run, happening: Happening): Event {
  const event: Event = { ...happening, at: clock.now() };
  apply(progress, event);
  return event;
}

function isLast({ type }: Happening): boolean {
  return type === "finished" || type === "left";
}

function paceOf({ backend, plan: { config }, progress }: Run): Pace {
  const { limits } = backend;
  const { cpusPerNode } = config.resources;
  const cpus = progress.surveyed?.cpus ?? 1;
  const bound = limits.bound === "cpus"
    ? Math.max(1, Math.floor(cpus / cpusPerNode))
    : Infinity;
  return {
    slots: config.machine.maxJobs ?? bound,
    ahead: limits.ahead,
    mostTasks: backend.mostTasks(progress.surveyed?.mostElements),
    pollFloor: 1000 * limits.pollFloor_s,
    pollCeiling: 1000 * limits.pollCeiling_s,
    fullWait: 1000 * limits.fullWait_s,
  };
}
