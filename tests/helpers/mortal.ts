/** The outside of a dpdisp that dies. */
import { ok } from "../../src/text/result.ts";
import type { Clock } from "../../src/environment/environment.ts";
import type { FakeJournals } from "./fake_journals.ts";
import { never } from "./simulation/faults.ts";

/** The dead write nothing and give no lock back. */
export function mortalJournals(
  journals: FakeJournals,
  isDead: () => boolean,
  onAppend: (lines: number) => void,
): FakeJournals {
  const count = { lines: 0 };
  return {
    ...journals,
    append(...line) {
      if (isDead()) return ok(undefined);
      const kept = journals.append(...line);
      onAppend(++count.lines);
      return kept;
    },
    requestCancel: (...wish) =>
      isDead() ? undefined : journals.requestCancel(...wish),
    lock(key) {
      const lock = journals.lock(key);
      if (!lock.ok || !lock.value) return lock;
      const { release } = lock.value;
      return ok({ release: () => isDead() ? undefined : release() });
    },
  };
}

/** Whoever sleeps when it dies never wakes. */
export function mortal(clock: Clock, isDead: () => boolean): Clock {
  return {
    now: clock.now,
    async sleep(ms, signal) {
      await clock.sleep(ms, signal);
      if (isDead()) await never();
    },
  };
}
