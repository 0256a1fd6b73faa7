/** The outside of a dpdisp that dies. */
import { ok } from "../../src/text/result.ts";
import type { Clock } from "../../src/environment/environment.ts";
import type { FakeJournals } from "./fake_journals.ts";
import { never } from "./simulation/faults.ts";

/** The dead write nothing and give no lock back. */
export function killableJournals(
  journals: FakeJournals,
  isDead: () => boolean,
  onAppend: (lines: number) => void,
): FakeJournals {
  const count = { lines: 0 };
  return {
    ...journals,
    append(...line) {
      if (isDead()) return ok(undefined);
      const appended = journals.append(...line);
      onAppend(++count.lines);
      return appended;
    },
    requestCancel: (...request) =>
      isDead() ? undefined : journals.requestCancel(...request),
    lock(key) {
      const lock = journals.lock(key);
      if (!lock.ok || !lock.value) return lock;
      const { release } = lock.value;
      return ok({ release: () => isDead() ? undefined : release() });
    },
  };
}

/** Whoever sleeps when it dies never wakes. */
export function killableClock(clock: Clock, isDead: () => boolean): Clock {
  return {
    now: clock.now,
    elapsed: clock.elapsed,
    async sleep(ms, signal) {
      await clock.sleep(ms, signal);
      if (isDead()) await never();
    },
  };
}
