/** Submitting, polling, collecting, cancelling and cleaning side by side, so that a slow one never holds up the others. */
import { type ActionContext, execute } from "./actions/mod.ts";
import type { Notifier } from "./notifier.ts";
import type { EventData } from "../model/event.ts";
import type { Failure } from "../text/result.ts";
import { restAfter } from "../text/retry.ts";
import type { Action, Lane } from "./action.ts";
import type { LaneTimes } from "./run_limits.ts";

export interface Lanes {
  /** Begins the steps whose lanes are free. */
  start(actions: readonly Action[], now: number): void;
  /** Which lanes are at work, when the last look and the last collecting began (ms), and whether another look is worth it. */
  times(): Omit<LaneTimes, "now">;
  /** When the first rest after `now` ends. */
  nextRest(now: number): number;
  close(): void;
}

/** One lane that rests after so many failures in a row. */
interface LaneStatus {
  readonly failures: number;
  /** The last of them is one of the connection: it is not this lane's alone. */
  readonly isDisconnected: boolean;
  readonly restsUntil: number;
}

const FRESH: LaneStatus = { failures: 0, isDisconnected: false, restsUntil: 0 };

/** After the first, second, … failure in a row. */
const RETRY_DELAYS = { restsMs: [1, 2, 5, 10, 30, 60].map((s) => 1000 * s) };

/** It is notified when a step has ended, and where another look is worth it. */
export function openLanes(
  run: ActionContext,
  { notify, fail }: Notifier,
): Lanes {
  const { clock, backend, state } = run;
  const over = new AbortController();
  const busy = new Set<Lane>();
  const lanes = new Map<Lane, LaneStatus>();
  const times: { -readonly [K in keyof LaneTimes]?: LaneTimes[K] } = {};
  const watched = { watching: false };

  return {
    start(actions, now) {
      watch();
      for (const action of actions) {
        const { restsUntil } = lanes.get(action.lane) ?? FRESH;
        if (busy.has(action.lane) || restsUntil > now) continue;
        if (action.do === "poll") {
          Object.assign(times, { polledAt: now, stirred: false });
        }
        if (action.do === "collect") times.collectedAt = now;
        busy.add(action.lane);
        work(action).catch(fail);
      }
    },
    times: () => ({
      ...{
        polledAt: null,
        collectedAt: null,
        hasRemoteChange: false,
        ...times,
      },
      busy,
    }),
    nextRest: (now) =>
      Math.min(
        ...lanes.values().map(({ restsUntil }) => restsUntil)
          .filter((time) => time > now),
      ),
    close: () => over.abort(),
  };

  async function work(action: Action): Promise<void> {
    // What was decided together is begun before any of it tells something.
    await Promise.resolve();
    const failure = await execute(action, run);
    const { failures } = lanes.get(action.lane) ?? FRESH;
    const isNews = !isConnectionLost(failure) ||
      !lanes.values().some(({ isDisconnected: cutOff }) => cutOff);
    const isFirst = failures === 0 && isNews;
    const count = failure ? failures + 1 : 0;
    lanes.set(action.lane, {
      failures: count,
      isDisconnected: isConnectionLost(failure),
      restsUntil: clock.now() + restAfter(RETRY_DELAYS, count),
    });
    if (failure && (isFirst || !failure.isRetryable)) {
      run.emit(failureEvent(failure));
    }
    busy.delete(action.lane);
    notify();
  }

  /** Where somebody tells that the far side moved, the next look is worth it at once. */
  function watch(): void {
    if (
      !backend.remoteChanges || watched.watching ||
      state.activeJobs.size === 0
    ) {
      return;
    }
    watched.watching = true;
    backend.remoteChanges(over.signal).then(() => {
      watched.watching = false;
      times.hasRemoteChange = true;
      notify();
    }).catch(fail);
  }
}

function isConnectionLost(failure: Failure | null): boolean {
  return failure?.kind === "connection" && failure.isRetryable;
}

/** What may pass is told once and tried again; what may not ends the session. */
function failureEvent(failure: Failure): EventData {
  return failure.isRetryable
    ? { type: "warning", failure }
    : { type: "sessionEnded", reason: "stopped", failure };
}
