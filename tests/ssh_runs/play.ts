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
import { defaultOptions } from "../helpers/simulation/mod.ts";
import { withTimeout, type Work } from "./work.ts";

/** How many times faster the clock for pauses and polls is than the real one. */
const HASTE = 10;

export interface PlayOptions {
  readonly options?: Partial<SessionOptions>;
  readonly interrupt?: AbortSignal;
  /** Called after this event, the n-th. */
  readonly on?: (event: Event, n: number) => void | Promise<void>;
}

/** All events of a session. */
export async function runEvents(
  work: Work,
  { options = {}, interrupt = new AbortController().signal, on }: PlayOptions =
    {},
): Promise<readonly Event[]> {
  const environment = environmentOf(work);
  const prepared = await prepare(
    "job.py",
    { allowRef: false, json: null, toRun: true },
    environment,
  );
  if (!prepared.ok) throw new Error("the script is wrong");
  const run = await startRun(
    prepared.value.plan,
    { ...defaultOptions, ...options },
    { ...environment, clock: hasty(environment.clock) },
    opener(work, environment),
    interrupt,
  );
  if (!run.ok) throw new Error(run.error.detail);
  const events: Event[] = [];
  const replies: (void | Promise<void>)[] = [];
  const ending = run.value.toEnd((event) => {
    events.push(event);
    replies.push(on?.(event, events.length - 1));
  });
  await withTimeout("the end of the run", ending).catch((error) => {
    throw new Error(`${error}\nafter ${describeEvents(events)}`, {
      cause: error,
    });
  });
  await Promise.all(replies);
  return events;
}

/** A short text for each of its events. */
export function describeEvents(events: readonly Event[]): string {
  return events.map((event) =>
    "failure" in event && event.failure
      ? `${event.type}(${event.failure.summary}: ${event.failure.detail})`
      : event.type
  ).join(" ");
}

function environmentOf({ localDir, env }: Work): Environment {
  const read = (name: string) => env[name] ?? Deno.env.get(name);
  return {
    ...realEnvironment(),
    cwd: localDir,
    env: read,
    journals: localJournalStore(read),
  };
}

/** As `opener` of src/backends, with the SSH settings of the work. */
function opener(work: Work, environment: Environment): OpenBackend {
  return async (plan, session) => {
    const shell = await openSsh(
      plan.config.machine,
      environment,
      lookupOf(work, environment),
    );
    if (!shell.ok) return shell;
    const parts = {
      plan,
      session,
      scheduler,
      environment,
      shell: shell.value,
    };
    const canCompress = plan.config.machine.profile.compress === true;
    return ok(shellBackend({ ...parts, canCompress }));
  };
}

function lookupOf({ directory }: Work, environment: Environment): SshLookup {
  const lookup = localSsh(environment);
  const run: SshLookup["run"] = ([program, ...args]) =>
    lookup.run([program!, "-F", `${directory}/config`, ...args]);
  return { ...lookup, run };
}

function hasty(clock: Clock): Clock {
  const start = { now: clock.now(), elapsed: clock.elapsed() };
  return {
    now: () => start.now + HASTE * (clock.now() - start.now),
    elapsed: () => start.elapsed + HASTE * (clock.elapsed() - start.elapsed),
    sleep: (ms, signal) => clock.sleep(ms / HASTE, signal),
  };
}
