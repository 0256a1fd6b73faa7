/** Has a loader waiting at the far side before its script is there: over a distance that spares two round trips of three. */
import type { Result } from "../result.ts";
import type { Io, Shell, Stream } from "./shell.ts";

/** A loader at the far side that waits for its script. */
export interface Waiting {
  /** False: it would never run one. */
  isThere(): boolean;
  give(script: string, io: Io): Stream;
}

/**
 * Gets a loader there. `ahead`: nobody needs it yet, so nothing is connected
 * anew for it and nothing is waited for.
 */
export type Wait = (ahead: boolean) => Promise<Result<Waiting>>;

/** While one is got there, another is used. */
const SPARES = 2;

export function withSpare(wait: Wait): Shell["open"] {
  const spares: Promise<Result<Waiting>>[] = [];
  const take = async (): Promise<Result<Waiting>> => {
    for (let spare = spares.shift(); spare; spare = spares.shift()) {
      const ready = await spare;
      if (ready.ok && ready.value.isThere()) return ready;
    }
    return await wait(false);
  };
  return async (script, io = {}) => {
    const waiting = await take();
    if (!waiting.ok) return waiting;
    while (spares.length < SPARES) spares.push(wait(true));
    return { ok: true, value: waiting.value.give(script, io) };
  };
}
