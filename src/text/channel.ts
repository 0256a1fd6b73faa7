/** A queue between those who tell and the one who listens. */
export interface Channel<T> {
  put(value: T): void;
  /** Lets the listener look up without telling anything. */
  nudge(): void;
  /** Makes the listener throw: a fault has no other place to go. */
  fail(fault: unknown): void;
  /** All that was put since the last time; waits for the first, for a nudge, or for the signal. */
  take(signal: AbortSignal): Promise<readonly T[]>;
}

export function channel<T>(): Channel<T> {
  const queue: T[] = [];
  const state = { nudged: false, faults: [] as unknown[], wake: () => {} };
  const nudge = () => {
    state.nudged = true;
    state.wake();
  };
  return {
    put(value) {
      queue.push(value);
      nudge();
    },
    nudge,
    fail(fault) {
      state.faults.push(fault);
      nudge();
    },
    async take(signal) {
      if (!state.nudged && !signal.aborted) {
        await new Promise<void>((resolve) => {
          state.wake = resolve;
          signal.addEventListener("abort", () => resolve(), { once: true });
        });
      }
      state.nudged = false;
      if (state.faults.length > 0) throw state.faults[0];
      return queue.splice(0);
    },
  };
}
