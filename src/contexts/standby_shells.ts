/** Keeps loaders running on the remote host before there is a script for them, which saves two of three round trips. */
import { ok, type Result } from "../text/result.ts";
import type { Io, Shell, Stream } from "./shell.ts";

/** A loader on the remote host that waits for its script. */
export interface StandbyShell {
  /** False where it has ended and cannot run a script. */
  isRunning(): boolean;
  run(script: string, io: Io): Stream;
  /** Ends it without a script. */
  close(): Promise<void>;
}

/**
 * Starts a loader. Where `isAhead` is true no script needs it yet: then no new
 * connection is made for it, and it does not wait for a free channel.
 */
export type StartStandby = (isAhead: boolean) => Promise<Result<StandbyShell>>;

/** While one is being started, another can be used. */
const POOL_SIZE = 2;

export interface StandbyPool {
  readonly open: Shell["open"];
  /** Ends all loaders. */
  close(): Promise<void>;
}

export function standbyPool(start: StartStandby): StandbyPool {
  const pool: Promise<Result<StandbyShell>>[] = [];
  // Nothing is awaited between the check and the script: the loader could end meanwhile.
  const run = async (script: string, io: Io): Promise<Result<Stream>> => {
    for (let next = pool.shift(); next; next = pool.shift()) {
      const shell = await next;
      if (!shell.ok) continue;
      if (shell.value.isRunning()) return ok(shell.value.run(script, io));
      await shell.value.close();
    }
    const shell = await start(false);
    return shell.ok ? ok(shell.value.run(script, io)) : shell;
  };
  return {
    async open(script, io = {}) {
      const stream = await run(script, io);
      if (!stream.ok) return stream;
      while (pool.length < POOL_SIZE) pool.push(start(true));
      return stream;
    },
    async close() {
      const shells = await Promise.all(pool.splice(0));
      await Promise.all(shells.map((shell) => shell.ok && shell.value.close()));
    },
  };
}
