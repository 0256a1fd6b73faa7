/** Submitting, polling, collecting, cancelling and cleaning side by side, so that a slow one never holds up the others. */
import { act, type Run } from "./act.ts";
import type { Happening } from "./event.ts";
import type { Clock, Lane, Step } from "./step.ts";
import type { Failure } from "./result.ts";
import { type Channel, channel } from "./text/channel.ts";

export interface Lanes {
  /** Begins the steps whose lanes are free. */
  start(steps: readonly Step[]): void;
  /** What was told since the last time; waits for the first, for `wake` (ms since 1970), or for the signal. */
  listen(
    wake: number | null,
    signal: AbortSignal | null,
  ): Promise<readonly Told[]>;
  /** When the last look and the last collecting began (ms), and whether another look is worth it. */
  times(): Omit<Clock, "now">;
  /** Something may still be handed over. */
  isSubmitting(): boolean;
  close(): void;
}

/** A lane goes on when all that it told is folded. */
export interface Told {
  readonly happenings: readonly Happening[];
  readonly folded: () => void;
}

/** One lane: at work, or resting after so many failures in a row. */
interface Standing {
  busy: boolean;
  failures: number;
  /** The last of them is one of the connection: it is not this lane's alone. */
  cutOff: boolean;
  restsUntil: number;
}

/** Seconds of rest after the first, second, … failure in a row. */
const REST_S = [1, 2, 5, 10, 30, 60];

export function openLanes(run: Run): Lanes {
  const { clock, backend, progress } = run;
  const inbox = channel<Told>();
  const over = new AbortController();
  const lanes = new Map<Lane, Standing>();
  const times: { -readonly [K in keyof Omit<Clock, "now">]: Clock[K] } = {
    polledAt: null,
    collectedAt: null,
    stirred: false,
  };
  const begun = { at: 0 };
  const watched = { watching: false };

  return {
    start(steps) {
      begun.at = clock.now();
      for (const step of steps) {
        const lane = laneOf(step.lane);
        if (lane.busy || lane.restsUntil > begun.at) continue;
        if (mustWait(step)) continue;
        if (step.do === "poll") {
          Object.assign(times, { polledAt: clock.now(), stirred: false });
        }
        if (step.do === "collect") times.collectedAt = clock.now();
        lane.busy = true;
        work(step, lane);
      }
    },
    async listen(wake, signal) {
      watch();
      const rests = [...lanes.values()].map(({ restsUntil }) => restsUntil);
      // What has come due since the steps were begun is due now, not never.
      const ahead = rests.filter((time) => time > begun.at);
      const done = new AbortController();
      const until = AbortSignal.any([
        done.signal,
        over.signal,
        ...(signal ? [signal] : []),
      ]);
      const earliest = Math.min(wake ?? Infinity, ...ahead);
      if (earliest < Infinity) {
        const rest = Math.max(0, earliest - clock.now());
        clock.sleep(rest, until).then(() => {
          // Said outright: a signal made of signals may be collected before it is heard.
          if (!done.signal.aborted) inbox.nudge();
        });
      }
      const onAbort = { once: true, signal: done.signal };
      signal?.addEventListener("abort", () => inbox.nudge(), onAbort);
      const told = await inbox.take(until);
      done.abort();
      return told;
    },
    times: () => times,
    isSubmitting: () => laneOf("submit").busy,
    close: () => over.abort(),
  };

  /** A survey reads all records from their beginning; what is cleaned must not be filled again meanwhile. */
  function mustWait(step: Step): boolean {
    if (step.do === "survey") return lanes.values().some(({ busy }) => busy);
    return step.do === "clean" && laneOf("submit").busy;
  }

  function laneOf(name: Lane): Standing {
    const lane = lanes.get(name) ??
      { busy: false, failures: 0, cutOff: false, restsUntil: 0 };
    lanes.set(name, lane);
    return lane;
  }

  async function work(step: Step, lane: Standing): Promise<void> {
    try {
      const failure = await pump(act(step, run), inbox);
      const isNews = !isCut(failure) ||
        !lanes.values().some(({ cutOff }) => cutOff);
      lane.failures = failure ? lane.failures + 1 : 0;
      lane.cutOff = isCut(failure);
      const rest_s = REST_S[Math.min(lane.failures, REST_S.length) - 1] ?? 0;
      lane.restsUntil = clock.now() + 1000 * rest_s;
      if (
        failure && lane.failures === 1 && isNews || failure?.again === false
      ) {
        await tell(inbox, failed(failure));
      }
      lane.busy = false;
      inbox.nudge();
    } catch (fault) {
      inbox.fail(fault);
    }
  }

  /** Where somebody tells that the far side moved, the next look is worth it at once. */
  function watch(): void {
    if (!backend.changed || watched.watching || progress.live.size === 0) {
      return;
    }
    watched.watching = true;
    backend.changed(over.signal).then(() => {
      watched.watching = false;
      times.stirred = true;
      inbox.nudge();
    });
  }
}

function isCut(failure: Failure | null): boolean {
  return failure?.kind === "connection" && failure.again;
}

/** Passes on what an act tells; gives back what went wrong. */
async function pump(
  happenings: ReturnType<typeof act>,
  inbox: Channel<Told>,
): Promise<Failure | null> {
  for (;;) {
    const { done, value } = await happenings.next();
    if (done) return value;
    await tell(inbox, ...[value].flat());
  }
}

function tell(
  inbox: Channel<Told>,
  ...happenings: readonly Happening[]
): Promise<void> {
  return new Promise((folded) => inbox.put({ happenings, folded }));
}

/** What may pass is told once and tried again; what may not ends the session. */
function failed(failure: Failure): Happening {
  return failure.again
    ? { type: "warned", failure }
    : { type: "left", why: "stopped", failure };
}
