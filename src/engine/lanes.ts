/** Submitting, polling, collecting, cancelling and cleaning run concurrently, so that a slow action never delays the others. */
import { type ActionContext, execute } from "./actions/mod.ts";
import type { Notifier } from "./notifier.ts";
import type { EventData } from "../model/event.ts";
import type { Failure } from "../text/result.ts";
import { restAfter } from "../text/retry.ts";
import type { Action, Lane } from "./action.ts";
import type { LaneTimes } from "./run_limits.ts";

export interface Lanes {
  /** Starts the actions whose lanes are free. */
  start(actions: readonly Action[], now: number): void;
  /** Which lanes are busy, when the last poll and the last collecting began (ms), and whether the remote host reported a change. */
  times(): Omit<LaneTimes, "now">;
  /** When the first retry delay after `now` ends. */
  nextRetry(now: number): number;
  close(): void;
}

/** The state of one lane after its last action. */
interface LaneStatus {
  readonly failures: number;
  /** The last failure was a lost connection, which affects all lanes. */
  readonly isDisconnected: boolean;
  /** The lane starts no action before this time (ms, as `Clock.elapsed`). */
  readonly retryAt: number;
}

const NEW_LANE: LaneStatus = { failures: 0, isDisconnected: false, retryAt: 0 };

/** After the first, second, … failure in a row. */
const RETRY_DELAYS = { restsMs: [1, 2, 5, 10, 30, 60].map((s) => 1000 * s) };

/** The notifier is called when an action has ended and when the remote host reports a change. */
export function openLanes(
  context: ActionContext,
  { notify, fail }: Notifier,
): Lanes {
  const { clock, backend, state, inspection } = context;
  const closed = new AbortController();
  const busy = new Set<Lane>();
  const lanes = new Map<Lane, LaneStatus>();
  const times: { -readonly [K in keyof LaneTimes]?: LaneTimes[K] } = {};
  const watcher = { isActive: false };
  const scheduler = { isLost: false };

  return {
    start(actions, now) {
      watch(actions);
      for (const action of actions) {
        const { retryAt } = lanes.get(action.lane) ?? NEW_LANE;
        if (busy.has(action.lane) || retryAt > now) continue;
        if (action.do === "poll") {
          times.polledAt = now;
          times.hasRemoteChange = false;
        }
        if (action.do === "collect") times.collectedAt = now;
        busy.add(action.lane);
        run(action).catch(fail);
      }
    },
    times: () => ({
      ...{
        polledAt: null,
        pollMs: 0,
        collectMs: 0,
        collectedAt: null,
        hasRemoteChange: false,
        ...times,
      },
      busy,
    }),
    nextRetry: (now) =>
      Math.min(
        ...lanes.values().map(({ retryAt }) => retryAt)
          .filter((time) => time > now),
      ),
    close: () => closed.abort(),
  };

  async function run(action: Action): Promise<void> {
    // All actions of one turn start before any of them emits an event.
    await Promise.resolve();
    const begun = clock.elapsed();
    const failure = await execute(action, context);
    if (action.do === "poll") times.pollMs = clock.elapsed() - begun;
    if (action.do === "collect") times.collectMs = clock.elapsed() - begun;
    const { failures } = lanes.get(action.lane) ?? NEW_LANE;
    const isNew = isSchedulerLost(failure)
      ? !scheduler.isLost
      : !isConnectionLost(failure) ||
        !lanes.values().some(({ isDisconnected }) => isDisconnected);
    if (isSchedulerLost(failure)) scheduler.isLost = true;
    else if (action.do === "submit" || action.do === "reconcile") {
      scheduler.isLost = false;
    }
    const isFirst = failures === 0 && isNew;
    const count = failure ? failures + 1 : 0;
    lanes.set(action.lane, {
      failures: count,
      isDisconnected: isConnectionLost(failure),
      retryAt: clock.elapsed() + restAfter(RETRY_DELAYS, count),
    });
    if (failure && (isFirst || !failure.isRetryable)) {
      context.emit(failureEvent(failure));
    }
    busy.delete(action.lane);
    notify();
  }

  /** Waits for a change on the remote host, where the backend can report one: from before the first submit on, because a short job may end before its reply is read. */
  function watch(actions: readonly Action[]): void {
    const { last } = inspection;
    const hasJobs = state.activeJobs.size > 0 ||
      actions.some((action) => action.do === "submit");
    if (
      !backend.remoteChanges || watcher.isActive || !hasJobs || last === null
    ) {
      return;
    }
    watcher.isActive = true;
    backend.remoteChanges(last, closed.signal).then(() => {
      watcher.isActive = false;
      times.hasRemoteChange = true;
      notify();
    }).catch(fail);
  }
}

/** Submitting and looking jobs up by name fail for the same reason, which is reported once until one of them succeeds. */
function isSchedulerLost(failure: Failure | null): boolean {
  return failure?.kind === "scheduler" && failure.isRetryable;
}

function isConnectionLost(failure: Failure | null): boolean {
  return failure?.kind === "connection" && failure.isRetryable;
}

/** A retryable failure becomes a warning, any other ends the session. */
function failureEvent(failure: Failure): EventData {
  return failure.isRetryable
    ? { type: "warning", failure }
    : { type: "sessionEnded", reason: "stopped", failure };
}
