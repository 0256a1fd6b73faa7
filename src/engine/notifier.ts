/** The loop waits here for a time or an event. */
import type { Clock } from "../environment/environment.ts";

export interface Notifier {
  /** Ends the wait, or the next one where there is no wait now. */
  notify(): void;
  /** Makes the wait throw, so that an internal error ends the loop. */
  fail(bug: unknown): void;
  /** Waits until a notification, and until a time (ms, as `Clock.elapsed`) at most. */
  wait(until: number): Promise<void>;
}

export function openNotifier(clock: Clock): Notifier {
  const bugs: unknown[] = [];
  const state = { isNotified: false, wake: () => {} };
  const notify = () => {
    state.isNotified = true;
    state.wake();
  };
  const sleepUntil = (until: number) => {
    const woken = new AbortController();
    // Without a reason it would make an error with a stack, at every event.
    state.wake = () => woken.abort("notified");
    return clock.sleep(Math.max(0, until - clock.elapsed()), woken.signal);
  };
  return {
    notify,
    fail(bug) {
      bugs.push(bug);
      notify();
    },
    async wait(until) {
      if (!state.isNotified) {
        await (until < Infinity
          ? sleepUntil(until)
          : new Promise<void>((resolve) => state.wake = resolve));
      }
      state.isNotified = false;
      if (bugs.length > 0) throw bugs[0];
    },
  };
}
