/** The one loop that acts. `decide` and `next` say what is to be done; the lanes do it. */
import type { Run } from "./actions/mod.ts";
import { openNotifier } from "./notifier.ts";
import type { Machine } from "../model/config.ts";
import { decide } from "./derive_events.ts";
import { openLanes } from "./lanes.ts";
import { next } from "./next_actions.ts";
import type { Limits } from "../model/backend_messages.ts";
import type { Wishes } from "../model/run_options.ts";
import type { Pace } from "./run_limits.ts";

/** What may end a session before the run is done. */
export interface Control {
  /** What is wished at this moment; asked for once a turn. */
  wishes(): Wishes;
  /** Ends the session, not the jobs, unless `cancelOnInterrupt` says so. */
  readonly interrupt: AbortSignal;
  /** Resolves when `wishes` has something new to say, or with the signal. */
  wishesChanged(signal: AbortSignal): Promise<void>;
}

/** Carries a plan to its end and emits every event as it happens. The last one is `finished` or `left`. */
export async function drive(
  { emit, ...given }: Run,
  { wishes, interrupt, wishesChanged }: Control,
): Promise<void> {
  const { plan, progress, clock, hasEnded } = given;
  const notifier = openNotifier(clock);
  const run: Run = {
    ...given,
    emit(happening) {
      emit(happening);
      notifier.notify();
    },
  };
  const lanes = openLanes(run, notifier);
  const over = new AbortController();
  interrupt.addEventListener("abort", notifier.notify, { signal: over.signal });
  wishesChanged(over.signal).then(notifier.notify, notifier.fail);
  try {
    while (!hasEnded()) {
      const wished = wishes();
      const pace = paceOf(run);
      const times = { ...lanes.times(), now: clock.now() };
      for (;;) {
        const decided = decide(progress, plan, wished, pace, times);
        if (decided.length === 0 || hasEnded()) break;
        decided.forEach(emit);
      }
      if (interrupt.aborted && !wished.cancelOnInterrupt) {
        emit({ type: "left", why: "interrupt" });
      }
      if (hasEnded()) return;
      const { steps, wake } = next(progress, plan, wished, pace, times);
      lanes.start(steps, times.now);
      // What has come due since `now` is due at once, not never.
      await notifier.wait(
        Math.min(wake ?? Infinity, lanes.nextRest(times.now)),
      );
    }
  } finally {
    over.abort();
    lanes.close();
  }
}

/** The backend's limits, but for what the user sets. */
export function limitsWith(limits: Limits, machine: Machine): Limits {
  const ceiling_s = machine.maxPollIntervalSeconds ?? limits.pollCeiling_s;
  const floor_s = machine.pollIntervalSeconds ??
    Math.min(limits.pollFloor_s, ceiling_s);
  return {
    ...limits,
    pollFloor_s: floor_s,
    pollCeiling_s: Math.max(floor_s, ceiling_s),
    grace_s: machine.missingGraceSeconds ?? limits.grace_s,
    fullWait_s: machine.fullWaitSeconds ?? limits.fullWait_s,
  };
}

function paceOf({ backend, limits, plan: { config }, progress }: Run): Pace {
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
