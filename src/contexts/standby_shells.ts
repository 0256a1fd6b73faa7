/** Has a loader waiting at the far side before its script is there: over a distance that spares two round trips of three. */
import { ok, type Result } from "../text/result.ts";
import type { Io, Shell, Stream } from "./shell.ts";

/** A loader at the far side that waits for its script. */
export interface StandbyShell {
  /** False: it would never run one. */
  isThere(): boolean;
  give(script: string, io: Io): Stream;
  /** Lets it go without a script. */
  drop(): Promise<void>;
}

/**
 * Gets a loader there. `ahead`: nobody needs it yet, so nothing is connected
 * anew for it and nothing is waited for.
 */
export type Wait = (ahead: boolean) => Promise<Result<StandbyShell>>;

/** While one is got there, another is used. */
const SPARES = 2;

export interface Spares {
  readonly open: Shell["open"];
  /** Lets all of them go. */
  drop(): Promise<void>;
}

export function withStandbyShells(wait: Wait): Spares {
  const spares: Promise<Result<StandbyShell>>[] = [];
  // Between the look and the script nothing may come: it could be gone by then.
  const give = async (script: string, io: Io): Promise<Result<Stream>> => {
    for (let spare = spares.shift(); spare; spare = spares.shift()) {
      const ready = await spare;
      if (!ready.ok) continue;
      if (ready.value.isThere()) return ok(ready.value.give(script, io));
      await ready.value.drop();
    }
    const ready = await wait(false);
    return ready.ok ? ok(ready.value.give(script, io)) : ready;
  };
  return {
    async open(script, io = {}) {
      const stream = await give(script, io);
      if (!stream.ok) return stream;
      while (spares.length < SPARES) spares.push(wait(true));
      return stream;
    },
    async drop() {
      const left = await Promise.all(spares.splice(0));
      await Promise.all(left.map((each) => each.ok && each.value.drop()));
    },
  };
}
