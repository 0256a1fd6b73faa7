/** A run in this process, event by event, over a connection that a test controls. */
import type { OpenBackend } from "../../src/backends/backend.ts";
import { shellBackend } from "../../src/backends/shell/mod.ts";
import { prepare } from "../../src/cli/prepare.ts";
import { openSsh } from "../../src/contexts/ssh/open.ts";
import { localSsh } from "../../src/contexts/ssh/config/local_ssh.ts";
import type { SshLookup } from "../../src/contexts/ssh/config/mod.ts";
import type { Event } from "../../src/model/event.ts";
import { ok } from "../../src/text/result.ts";
import { shell as scheduler } from "../../src/schedulers/shell.ts";
import { type SessionOptions, startRun } from "../../src/engine/session/mod.ts";
import type { Clock, Environment } from "../../src/environment/environment.ts";
import { localJournalStore } from "../../src/environment/journal_store.ts";
import { realEnvironment } from "../../src/environment/mod.ts";
import { plainWishes } from "../helpers/simulation/mod.ts";
import { inTime, type Work } from "./work.ts";

/** How many times faster the clock for pauses and polls is than the real one. */
const HASTE = 10;

export interface Play {
  readonly wishes?: Partial<SessionOptions>;
  readonly interrupt?: AbortSignal;
  /** Called after this event, the n-th. */
  readonly on?: (event: Event, n: number) => void | Promise<void>;
}

/** All events of a session. */
export async function play(
  work: Work,
  { wishes = {}, interrupt = new AbortController().signal, on }: Play = {},
): Promise<readonly Event[]> {
  const world = worldOf(work);
  const prepared = await prepare(
    "job.py",
    { allowRef: false, json: null, toRun: true },
    world,
  );
  if (!prepared.ok) throw new Error("the script is wrong");
  const run = await startRun(
    prepared.value.plan,
    { ...plainWishes, ...wishes },
    { ...world, clock: hasty(world.clock) },
    opener(work, world),
    interrupt,
  );
  if (!run.ok) throw new Error(run.error.detail);
  const heard: Event[] = [];
  const answers: (void | Promise<void>)[] = [];
  const listen = run.value.toEnd((event) => {
    heard.push(event);
    answers.push(on?.(event, heard.length - 1));
  });
  await inTime("the end of the run", listen).catch((error) => {
    throw new Error(`${error}\nafter ${story(heard)}`, { cause: error });
  });
  await Promise.all(answers);
  return heard;
}

/** A short text for each of its events. */
export function story(events: readonly Event[]): string {
  return events.map((event) =>
    "failure" in event && event.failure
      ? `${event.type}(${event.failure.summary}: ${event.failure.detail})`
      : event.type
  ).join(" ");
}

function worldOf({ near, env }: Work): Environment {
  const read = (name: string) => env[name] ?? Deno.env.get(name);
  return {
    ...realEnvironment(),
    cwd: near,
    env: read,
    journals: localJournalStore(read),
  };
}

/** As `opener` of src/backends, with the SSH settings of the work. */
function opener(work: Work, world: Environment): OpenBackend {
  return async (plan, session) => {
    const shell = await openSsh(
      plan.config.machine,
      world,
      doorOf(work, world),
    );
    if (!shell.ok) return shell;
    const parts = { plan, session, scheduler, world, shell: shell.value };
    const compress = plan.config.machine.profile.compress === true;
    return ok(shellBackend({ ...parts, compress }));
  };
}

function doorOf({ folder }: Work, world: Environment): SshLookup {
  const door = localSsh(world);
  const run: SshLookup["run"] = ([program, ...args]) =>
    door.run([program!, "-F", `${folder}/config`, ...args]);
  return { ...door, run };
}

function hasty(clock: Clock): Clock {
  const start = clock.now();
  return {
    now: () => start + HASTE * (clock.now() - start),
    sleep: (ms, signal) => clock.sleep(ms / HASTE, signal),
  };
}
