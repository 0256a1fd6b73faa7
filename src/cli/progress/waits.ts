/** What calls to the remote host wait for, where they take long. */
import type { Wait } from "../../model/backend_messages.ts";

/** After this time without an answer the status line shows it (ms). */
const SHOWN_AFTER_MS = 5_000;

/** After this time a line that stays says so, once (ms). */
const TOLD_AFTER_MS = 15_000;

/** `, waiting for squeue (45 s)`; "" where no call takes long. `now`: as `Wait.since`. */
export function showWait(waits: Iterable<Wait>, now: number): string {
  const longest = longestWait(waits, SHOWN_AFTER_MS, now);
  return longest === null
    ? ""
    : `, waiting for ${longest.what} (${secondsOf(longest, now)} s)`;
}

/** Returns a function that gives the line for a call that takes long, once for each time that all calls were answered. */
export function waitLines(): (
  waits: Iterable<Wait>,
  now: number,
) => string | null {
  const told = { what: "" };
  return (waits, now) => {
    const longest = longestWait(waits, TOLD_AFTER_MS, now);
    const isNew = longest !== null && longest.what !== told.what;
    told.what = longest?.what ?? "";
    return isNew
      ? `waiting for ${longest.what}, for ${secondsOf(longest, now)} s now`
      : null;
  };
}

function longestWait(
  waits: Iterable<Wait>,
  ms: number,
  now: number,
): Wait | null {
  return Iterator.from(waits).filter(({ since }) => now - since >= ms)
    .toArray().toSorted((a, b) => a.since - b.since)[0] ?? null;
}

function secondsOf({ since }: Wait, now: number): number {
  return Math.floor((now - since) / 1000);
}
