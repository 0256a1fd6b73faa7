/** An outside that tests hold in their hands. */
import type {
  Clock,
  Environment,
  Files,
  Terminal,
} from "../../src/environment/environment.ts";
import { FIRST_ELAPSED } from "./fake_clock.ts";
import { fakeJournals } from "./fake_journals.ts";
import { fakeTrusted } from "./fake_trusted.ts";
import { terminalOf } from "../../src/environment/terminal.ts";
import { memoryFiles } from "./memory_files.ts";

/** A clock that stands still until it is told: who sleeps wakes in the order of time. */
export interface FakeClock extends Clock {
  advance(ms: number): Promise<void>;
}

interface Sleeper {
  readonly until: number;
  readonly wake: () => void;
}

export function fakeClock(start = 1_700_000_000_000): FakeClock {
  const sleepers = new Set<Sleeper>();
  let now = FIRST_ELAPSED;
  const nextBefore = (end: number): Sleeper | undefined =>
    [...sleepers].filter(({ until }) => until <= end)
      .sort((a, b) => a.until - b.until)[0];
  return {
    now: () => start - FIRST_ELAPSED + now,
    elapsed: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve();
        const sleeper = { until: now + ms, wake: () => end() };
        const end = () => {
          sleepers.delete(sleeper);
          signal?.removeEventListener("abort", end);
          resolve();
        };
        sleepers.add(sleeper);
        signal?.addEventListener("abort", end);
      }),
    async advance(ms) {
      const end = now + ms;
      for (let due = nextBefore(end); due; due = nextBefore(end)) {
        now = Math.max(now, due.until);
        due.wake();
        await nextTurn();
      }
      now = end;
      await nextTurn();
    },
  };
}

/** Lets everything run that waits for nothing but its turn. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

/** What was written, and to which side. */
export interface FakeTerminal extends Terminal {
  readonly written: { out: string; err: string };
}

/** @param columns null: no terminal */
export function fakeTerminal(
  columns: number | null = null,
  color = false,
): FakeTerminal {
  const written = { out: "", err: "" };
  const screen = terminalOf({
    out: (text) => (written.out += text, null),
    err: (text) => (written.err += text, null),
    columns: () => columns,
    ask: () => Promise.resolve(null),
    color,
  });
  return { ...screen, written };
}

export interface FakeEnvironment extends Environment {
  readonly clock: FakeClock;
  readonly terminal: FakeTerminal;
}

/** A world without a disk, a terminal or an environment, but for what is given. Random text is a count. */
export function fakeEnvironment(
  given: Partial<FakeEnvironment> & { readonly tree?: Record<string, string> } =
    {},
): FakeEnvironment {
  let drawn = 0;
  const files: Files = memoryFiles(given.tree ?? {});
  return {
    files,
    clock: fakeClock(),
    random: (length) => String(drawn++).padStart(length, "0"),
    env: () => undefined,
    cwd: "/work",
    host: "here",
    pid: 4242,
    softLimits: { openFiles: 1024, addressSpace: null },
    isAlive: () => true,
    terminal: fakeTerminal(),
    journals: fakeJournals(),
    trustStore: fakeTrusted(),
    ...given,
  };
}
