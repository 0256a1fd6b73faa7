/** The one loop that acts. `decide` and `next` say what is to be done; the lanes do it. */
import type { ActionContext } from "./actions/mod.ts";
import { openNotifier } from "./notifier.ts";
import type { Machine } from "../model/config.ts";
import { deriveEvents } from "./derive_events.ts";
import { openLanes } from "./lanes.ts";
import { nextActions } from "./next_actions.ts";
import type { BackendTraits } from "../model/backend_messages.ts";
import type { RunOptions } from "../model/run_options.ts";
import type { RunLimits } from "./run_limits.ts";

/** What may end a session before the run is done. */
export interface Control {
  /** What is wished at this moment; asked for once a turn. */
  options(): RunOptions;
  /** Ends the session, not the jobs, unless `cancelOnInterrupt` says so. */
  readonly interrupt: AbortSignal;
  /** Resolves when `wishes` has something new to say, or with the signal. */
  optionsChanged(signal: AbortSignal): Promise<void>;
}

/** Carries a plan to its end and emits every event as it happens. The last one is `finished` or `left`. */
export async function runLoop(
  { emit, ...given }: ActionContext,
  { options, interrupt, optionsChanged: wishesChanged }: Control,
): Promise<void> {
  const { plan, state, clock, hasEnded } = given;
  const notifier = openNotifier(clock);
  const run: ActionContext = {
    ...given,
    emit(event) {
      emit(event);
      notifier.notify();
    },
  };
  const lanes = openLanes(run, notifier);
  const over = new AbortController();
  interrupt.addEventListener("abort", notifier.notify, { signal: over.signal });
  wishesChanged(over.signal).then(notifier.notify, notifier.fail);
  try {
    while (!hasEnded()) {
      const wished = options();
      const limits = limitsOf(run);
      const times = { ...lanes.times(), now: clock.now() };
      for (;;) {
        const decided = deriveEvents(state, plan, wished, limits, times);
        if (decided.length === 0 || hasEnded()) break;
        decided.forEach(emit);
      }
      if (interrupt.aborted && !wished.cancelOnInterrupt) {
        emit({ type: "sessionEnded", reason: "interrupt" });
      }
      if (hasEnded()) return;
      const { actions, wake } = nextActions(
        state,
        plan,
        wished,
        limits,
        times,
      );
      lanes.start(actions, times.now);
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
export function limitsWith(
  limits: BackendTraits,
  machine: Machine,
): BackendTraits {
  const ceiling_s = machine.maxPollIntervalSeconds ?? limits.maxPollSeconds;
  const floor_s = machine.pollIntervalSeconds ??
    Math.min(limits.minPollSeconds, ceiling_s);
  return {
    ...limits,
    minPollSeconds: floor_s,
    maxPollSeconds: Math.max(floor_s, ceiling_s),
    missingGraceSeconds: machine.missingGraceSeconds ??
      limits.missingGraceSeconds,
    queueFullSeconds: machine.fullWaitSeconds ?? limits.queueFullSeconds,
  };
}

function limitsOf(
  { backend, limits, plan: { config }, state }: ActionContext,
): RunLimits {
  const { cpusPerNode } = config.resources;
  const cpus = state.remote?.cpus ?? 1;
  const bound = limits.defaultMaxJobs === "cpus"
    ? Math.max(1, Math.floor(cpus / cpusPerNode))
    : Infinity;
  return {
    maxActiveJobs: config.machine.maxJobs ?? bound,
    submitAhead: limits.submitAhead,
    maxTasksPerJob: backend.mostTasks(state.remote?.maxElements),
    minPollMs: 1000 * limits.minPollSeconds,
    maxPollMs: 1000 * limits.maxPollSeconds,
    retryWhenFullMs: 1000 * limits.queueFullSeconds,
  };
}
