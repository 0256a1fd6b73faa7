import type { Clock } from "../../src/environment/environment.ts";

/** A clock of which nobody waits: when all that could run has run, it jumps to the next sleeper. */
export interface RacingClock extends Clock {
  /** Sleeps that ended by the passing of time. */
  readonly wakes: number;
  /** Sets the wall clock forward or back, as NTP does; nobody who waits may notice. */
  step(ms: number): void;
}

/** The time of another host, whose clock nobody sets: ms since 1970. */
export function remoteNow({ elapsed }: Clock): number {
  return START - FIRST_ELAPSED + elapsed();
}

/** Beyond this a test goes round in circles. */
const MAX_WAKES = 200_000;

/** When a fake process has run this long (ms), its test begins: nobody can take one of the two times for the other. */
export const FIRST_ELAPSED = 5_000;
const START = 1_700_000_000_000;

/** `start`: milliseconds since 1970. Throws into the event loop where it never comes to an end. */
export function racingClock(start = START): RacingClock {
  const sleepers = new Map<() => void, number>();
  const state = {
    ...{ elapsed: FIRST_ELAPSED, ahead: start - FIRST_ELAPSED },
    ...{ wakes: 0, pumping: false },
  };

  const pump = async (): Promise<void> => {
    state.pumping = true;
    for (;;) {
      await idle();
      const next = first(sleepers);
      if (!next) break;
      if (++state.wakes > MAX_WAKES) {
        throw new Error("The clock was asked to jump for ever");
      }
      state.elapsed = Math.max(state.elapsed, next.until);
      next.wake();
    }
    state.pumping = false;
  };

  return {
    now: () => state.elapsed + state.ahead,
    elapsed: () => state.elapsed,
    step: (ms) => void (state.ahead += ms),
    get wakes() {
      return state.wakes;
    },
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve();
        const wake = (): void => {
          sleepers.delete(wake);
          signal?.removeEventListener("abort", wake);
          resolve();
        };
        sleepers.set(wake, state.elapsed + Math.max(0, ms));
        signal?.addEventListener("abort", wake);
        if (!state.pumping) pump();
      }),
  };
}

/** Everything that waits for nothing but its turn has had it. */
export function idle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Who wakes first; of two at the same time the one that lay down first. */
function first(sleepers: ReadonlyMap<() => void, number>) {
  let found: { wake: () => void; until: number } | null = null;
  for (const [wake, until] of sleepers) {
    if (!found || until < found.until) found = { wake, until };
  }
  return found;
}
