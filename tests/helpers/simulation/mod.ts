/** A dpdisp on a scripted far side, which can die at any moment. */
import type { Event } from "../../../src/model/event.ts";
import {
  type RunHandle,
  type SessionOptions,
  startRun,
} from "../../../src/engine/session/mod.ts";
import { configOf, type Overrides } from "../config.ts";
import { type RacingClock, racingClock } from "../fake_clock.ts";
import { type FakeJournals, fakeJournals } from "../fake_journals.ts";
import { killableClock, killableJournals } from "../mortal.ts";
import { type FakeRemoteHost, fakeRemoteHost } from "./backend.ts";
import type { SimulationScript } from "./faults.ts";
import { fakeEnvironment } from "../environment.ts";
import type { Plan, Task } from "../../../src/model/plan.ts";

/** What outlives a client. */
export interface Simulation {
  readonly remote: FakeRemoteHost;
  readonly clock: RacingClock;
  readonly journals: FakeJournals;
  /** Process ids of the living clients. */
  readonly runningPids: Set<number>;
  readonly count: { drawn: number; pid: number };
}

export interface Client {
  readonly run: RunHandle;
  readonly events: AsyncIterator<Event>;
  /** As by SIGKILL. */
  die(): void;
  interrupt(): void;
}

export function newSimulation(script: SimulationScript = {}): Simulation {
  return {
    remote: fakeRemoteHost(script),
    clock: racingClock(),
    journals: fakeJournals(),
    runningPids: new Set(),
    count: { drawn: 0, pid: 100 },
  };
}

/** Tasks t0, t1, … each in a directory of its own (d0, …), each with the result "out". */
export function planWith(
  tasks: number | readonly Partial<Task>[],
  perJob: number,
  overrides: Overrides = {},
  rest: Partial<Plan> = {},
): Plan {
  const rows = typeof tasks === "number"
    ? Array.from({ length: tasks }, () => ({}))
    : tasks;
  const { resources, machine, ...others } = overrides;
  return {
    runKey: "0123abcd-4567cdef",
    config: configOf({
      ...others,
      machine: { context: "LocalContext", ...machine },
      resources: { tasksPerJob: perJob, ...resources },
    }),
    localDir: "/work",
    remoteDir: "/far/root",
    script: { name: "script_1.py", text: "" },
    tasks: rows.map((row, at) => ({
      key: `t${at}`,
      command: "python",
      dir: `d${at}`,
      inputs: [],
      outputs: ["out"],
      stdoutFile: "log",
      stderrFile: "err",
      ...row,
    })),
    commonInputs: [],
    commonOutputs: [],
    header: null,
    ...rest,
  };
}

export const defaultOptions: SessionOptions = {
  dryRun: false,
  exitOnSubmit: false,
  failFast: false,
  keepRemoteDir: false,
  cancel: false,
  reuse: false,
  forget: false,
  cancelOnInterrupt: false,
  keepFinished: false,
  confirmEdit: () => Promise.resolve(null),
};

/** Starts a client; throws where it cannot start. `tree`: its local files, in place of those that were collected; `dies`: with its so-manieth line of the journal, and neither says nor does anything more. */
export async function startClient(
  simulation: Simulation,
  plan: Plan,
  options: Partial<SessionOptions> = {},
  {
    host = "here",
    tree = collectedTree(simulation, plan),
    journals = simulation.journals,
    dies = Infinity,
  }: {
    readonly host?: string;
    readonly tree?: Record<string, string>;
    readonly journals?: FakeJournals;
    readonly dies?: number;
  } = {},
): Promise<Client> {
  const pid = simulation.count.pid++;
  simulation.runningPids.add(pid);
  const isDead = () => !simulation.runningPids.has(pid);
  const clock = killableClock(simulation.clock, isDead);
  const interrupt = new AbortController();
  const death = Promise.withResolvers<void>();
  const environment = {
    ...fakeEnvironment({ tree }),
    host,
    pid,
    clock,
    journals: killableJournals(journals, isDead, (lines) => {
      if (lines !== dies) return;
      simulation.runningPids.delete(pid);
      death.resolve();
    }),
    random: (length: number) =>
      (simulation.count.drawn++).toString(36).padStart(length, "m"),
    isAlive: (pid: number) => simulation.runningPids.has(pid),
  };
  const started = await startRun(
    plan,
    { ...defaultOptions, ...options },
    environment,
    simulation.remote.open(simulation.clock, isDead),
    interrupt.signal,
  );
  if (!started.ok) throw new Error(started.error.detail);
  return {
    run: started.value,
    events: eventsOf(started.value, death.promise),
    die() {
      simulation.runningPids.delete(pid);
      journals.freeLocks();
    },
    interrupt: () => interrupt.abort(),
  };
}

/** The run begins when somebody asks for the first. After its death there is no other than those that it reported. */
async function* eventsOf(
  run: RunHandle,
  death: Promise<void>,
): AsyncGenerator<Event> {
  const pending: Event[] = [];
  const state = { isOver: false, isDead: false, wake: () => {} };
  const ending = run.toEnd((event) => {
    pending.push(event);
    state.wake();
  }).finally(() => {
    state.isOver = true;
    state.wake();
  });
  death.then(() => {
    state.isDead = true;
    state.wake();
  });
  for (;;) {
    yield* pending.splice(0);
    if (pending.length > 0) continue;
    if (state.isDead) return;
    if (state.isOver) return await ending;
    await new Promise<void>((resolve) => state.wake = resolve);
  }
}

function collectedTree(
  { remote: { collected } }: Simulation,
  { localDir }: Plan,
): Record<string, string> {
  return Object.fromEntries(
    [...collected].map((path) => [`${localDir}/${path}`, "x"]),
  );
}

/** The events to the end, or as many as that. */
export async function readEvents(
  { events }: Client,
  count = Infinity,
): Promise<readonly Event[]> {
  const received: Event[] = [];
  while (received.length < count) {
    const { done, value } = await events.next();
    if (done) break;
    received.push(value);
  }
  return received;
}

/** The events of a whole session. */
export async function runToEnd(
  simulation: Simulation,
  plan: Plan,
  options: Partial<SessionOptions> = {},
): Promise<readonly Event[]> {
  return await readEvents(await startClient(simulation, plan, options));
}

/** Those of one type. */
export function eventsOfType<T extends Event["type"]>(
  events: readonly Event[],
  type: T,
): readonly Extract<Event, { type: T }>[] {
  return events.filter((event): event is Extract<Event, { type: T }> =>
    event.type === type
  );
}

/** How it ended: "succeeded", "failed", or why it left. */
export function outcomeOf(events: readonly Event[]): string {
  const last = events.at(-1);
  if (last?.type === "runFinished") return last.outcome;
  if (last?.type === "sessionEnded") return last.reason;
  throw new Error(`the last event is ${last?.type}`);
}

/** Listens until something of a type happens. */
export async function waitForEvent(
  client: Client,
  type: Event["type"],
): Promise<Event> {
  for (;;) {
    const { done, value } = await client.events.next();
    if (done) throw new Error(`there was no ${type}`);
    if (value.type === type) return value;
  }
}

/** How the runs of each task ended, in order; null: cut off. */
export function exitCodes({ remote: { queue } }: Simulation) {
  return Object.fromEntries(
    [...queue.runs].map(([key, runs]) => [key, runs.map(({ code }) => code)]),
  );
}
