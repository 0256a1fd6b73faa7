/** The only loop that acts: `deriveEvents` and `nextActions` decide what to do, and the lanes do it. */
import type { ActionContext } from "./actions/mod.ts";
import { openNotifier } from "./notifier.ts";
import type { EventData } from "../model/event.ts";
import type { Machine } from "../model/config.ts";
import { deriveEvents } from "./derive_events.ts";
import { openLanes } from "./lanes.ts";
import { nextActions } from "./next_actions.ts";
import type { BackendTraits } from "../model/backend_messages.ts";
import type { RunOptions } from "../model/run_options.ts";
import type { RunLimits } from "./run_limits.ts";

/** What may end a session before the run is done. */
export interface Control {
  /** The options at this moment; read once a turn. */
  options(): RunOptions;
  /** Ends the session, not the jobs, unless `cancelOnInterrupt` says so. */
  readonly interrupt: AbortSignal;
  /** Resolves when `options` changed, or when the signal is aborted. */
  optionsChanged(signal: AbortSignal): Promise<void>;
}

/** Runs a plan to its end and emits every event as it happens. The last one is `runFinished` or `sessionEnded`. */
export async function runLoop(
  { emit: emitAny, ...context }: ActionContext,
  { options, interrupt, optionsChanged }: Control,
): Promise<void> {
  const { plan, state, clock, submitting, hasEnded } = context;
  const emit = (event: EventData) =>
    emitAny(
      event.type === "sessionEnded" && submitting.size > 0
        ? { ...event, submitting: [...submitting] }
        : event,
    );
  const notifier = openNotifier(clock);
  const run: ActionContext = {
    ...context,
    emit(event) {
      emit(event);
      notifier.notify();
    },
  };
  const lanes = openLanes(run, notifier);
  const ended = new AbortController();
  interrupt.addEventListener("abort", notifier.notify, {
    signal: ended.signal,
  });
  optionsChanged(ended.signal).then(notifier.notify, notifier.fail);
  try {
    while (!hasEnded()) {
      const current = options();
      const limits = limitsOf(run);
      const times = { ...lanes.times(), now: clock.elapsed() };
      for (;;) {
        const events = deriveEvents(state, plan, current, limits, times);
        if (events.length === 0 || hasEnded()) break;
        events.forEach(emit);
      }
      if (interrupt.aborted && !current.cancelOnInterrupt) {
        emit({ type: "sessionEnded", reason: "interrupt" });
      }
      if (hasEnded()) return;
      const { actions, wake } = nextActions(
        state,
        plan,
        current,
        limits,
        times,
      );
      lanes.start(actions, times.now);
      // A time between `now` and the present ends the wait at once.
      await notifier.wait(
        Math.min(wake ?? Infinity, lanes.nextRetry(times.now)),
      );
    }
  } finally {
    ended.abort();
    lanes.close();
  }
}

/** The backend's traits, with the user's settings. */
export function limitsWith(
  limits: BackendTraits,
  machine: Machine,
): BackendTraits {
  const maxPollSeconds = machine.maxPollIntervalSeconds ??
    limits.maxPollSeconds;
  const minPollSeconds = machine.pollIntervalSeconds ??
    Math.min(limits.minPollSeconds, maxPollSeconds);
  return {
    ...limits,
    minPollSeconds,
    maxPollSeconds: Math.max(minPollSeconds, maxPollSeconds),
    missingGraceSeconds: machine.missingGraceSeconds ??
      limits.missingGraceSeconds,
    queueFullSeconds: machine.fullWaitSeconds ?? limits.queueFullSeconds,
  };
}

function limitsOf(
  { limits, plan: { config }, state }: ActionContext,
): RunLimits {
  const { cpusPerNode } = config.resources;
  const cpus = state.remote?.cpus ?? 1;
  const defaultMaxJobs = limits.defaultMaxJobs === "cpus"
    ? Math.max(1, Math.floor(cpus / cpusPerNode))
    : Infinity;
  return {
    maxActiveJobs: config.machine.maxJobs ?? defaultMaxJobs,
    submitAhead: limits.submitAhead,
    maxTasksPerJob: state.remote?.maxTasksPerJob ?? Infinity,
    minPollMs: 1000 * limits.minPollSeconds,
    maxPollMs: 1000 * limits.maxPollSeconds,
    retryWhenFullMs: 1000 * limits.queueFullSeconds,
  };
}
