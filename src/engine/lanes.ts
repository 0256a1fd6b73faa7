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
  start(steps: readonly Action[], now: number): void;
  /** Which lanes are at work, when the last look and the last collecting began (ms), and whether another look is worth it. */
  times(): Omit<LaneTimes, "now">;
  /** When the first rest after `now` ends. */
  nextRest(now: number): number;
  close(): void;
}

/** One lane that rests after so many failures in a row. */
interface Standing {
  readonly failures: number;
  /** The last of them is one of the connection: it is not this lane's alone. */
  readonly cutOff: boolean;
  readonly restsUntil: number;
}

const FRESH: Standing = { failures: 0, cutOff: false, restsUntil: 0 };

/** After the first, second, … failure in a row. */
const RESTS = { restsMs: [1, 2, 5, 10, 30, 60].map((s) => 1000 * s) };

/** It is notified when a step has ended, and where another look is worth it. */
export function openLanes(
  run: ActionContext,
  { notify, fail }: Notifier,
): Lanes {
  const { clock, backend, progress } = run;
  const over = new AbortController();
  const busy = new Set<Lane>();
  const lanes = new Map<Lane, Standing>();
  const times: { -readonly [K in keyof LaneTimes]?: LaneTimes[K] } = {};
  const watched = { watching: false };

  return {
    start(steps, now) {
      watch();
      for (const step of steps) {
        const { restsUntil } = lanes.get(step.lane) ?? FRESH;
        if (busy.has(step.lane) || restsUntil > now) continue;
        if (step.do === "poll") {
          Object.assign(times, { polledAt: now, stirred: false });
        }
        if (step.do === "collect") times.collectedAt = now;
        busy.add(step.lane);
        work(step).catch(fail);
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

  async function work(step: Action): Promise<void> {
    // What was decided together is begun before any of it tells something.
    await Promise.resolve();
    const failure = await execute(step, run);
    const { failures } = lanes.get(step.lane) ?? FRESH;
    const isNews = !isCut(failure) ||
      !lanes.values().some(({ cutOff }) => cutOff);
    const isFirst = failures === 0 && isNews;
    const count = failure ? failures + 1 : 0;
    lanes.set(step.lane, {
      failures: count,
      cutOff: isCut(failure),
      restsUntil: clock.now() + restAfter(RESTS, count),
    });
    if (failure && (isFirst || !failure.isRetryable)) run.emit(failed(failure));
    busy.delete(step.lane);
    notify();
  }

  /** Where somebody tells that the far side moved, the next look is worth it at once. */
  function watch(): void {
    if (
      !backend.remoteChanges || watched.watching ||
      progress.activeJobs.size === 0
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

function isCut(failure: Failure | null): boolean {
  return failure?.kind === "connection" && failure.isRetryable;
}

/** What may pass is told once and tried again; what may not ends the session. */
function failed(failure: Failure): EventData {
  return failure.isRetryable
    ? { type: "warning", failure }
    : { type: "sessionEnded", why: "stopped", failure };
}
