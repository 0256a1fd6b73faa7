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
import { mortal, mortalJournals } from "../mortal.ts";
import { type FarSide, farSide } from "./backend.ts";
import type { FarScript } from "./faults.ts";
import { fakeWorld } from "../environment.ts";
import type { Plan, Task } from "../../../src/model/plan.ts";

/** What outlives a client. */
export interface Scene {
  readonly far: FarSide;
  readonly clock: RacingClock;
  readonly journals: FakeJournals;
  /** Process ids of the living clients. */
  readonly alive: Set<number>;
  readonly count: { drawn: number; pid: number };
}

export interface Client {
  readonly run: RunHandle;
  readonly events: AsyncIterator<Event>;
  /** As by SIGKILL. */
  die(): void;
  interrupt(): void;
}

export function newScene(script: FarScript = {}): Scene {
  return {
    far: farSide(script),
    clock: racingClock(),
    journals: fakeJournals(),
    alive: new Set(),
    count: { drawn: 0, pid: 100 },
  };
}

/** Tasks t0, t1, … each in a folder of its own (d0, …), each with the result "out". */
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

export const plainWishes: SessionOptions = {
  dryRun: false,
  exitOnSubmit: false,
  failFast: false,
  keepRemoteDir: false,
  cancel: false,
  reuse: false,
  forget: false,
  cancelOnInterrupt: false,
};

/** Starts a client; throws where it cannot start. `tree`: its local files, in place of those that were collected; `dies`: with its so-manieth line of the journal, and neither says nor does anything more. */
export async function startClient(
  scene: Scene,
  plan: Plan,
  options: Partial<SessionOptions> = {},
  {
    host = "here",
    tree = collectedTree(scene, plan),
    journals = scene.journals,
    dies = Infinity,
  }: {
    readonly host?: string;
    readonly tree?: Record<string, string>;
    readonly journals?: FakeJournals;
    readonly dies?: number;
  } = {},
): Promise<Client> {
  const pid = scene.count.pid++;
  scene.alive.add(pid);
  const isDead = () => !scene.alive.has(pid);
  const clock = mortal(scene.clock, isDead);
  const interrupt = new AbortController();
  const death = Promise.withResolvers<void>();
  const world = {
    ...fakeWorld({ tree }),
    host,
    pid,
    clock,
    journals: mortalJournals(journals, isDead, (lines) => {
      if (lines !== dies) return;
      scene.alive.delete(pid);
      death.resolve();
    }),
    random: (length: number) =>
      (scene.count.drawn++).toString(36).padStart(length, "m"),
    isAlive: (pid: number) => scene.alive.has(pid),
  };
  const started = await startRun(
    plan,
    { ...plainWishes, ...options },
    world,
    scene.far.open(scene.clock, isDead),
    interrupt.signal,
  );
  if (!started.ok) throw new Error(started.error.detail);
  return {
    run: started.value,
    events: eventsOf(started.value, death.promise),
    die() {
      scene.alive.delete(pid);
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
  const told: Event[] = [];
  const state = { isOver: false, isDead: false, wake: () => {} };
  const ending = run.toEnd((event) => {
    told.push(event);
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
    yield* told.splice(0);
    if (told.length > 0) continue;
    if (state.isDead) return;
    if (state.isOver) return await ending;
    await new Promise<void>((resolve) => state.wake = resolve);
  }
}

function collectedTree(
  { far: { home } }: Scene,
  { localDir }: Plan,
): Record<string, string> {
  return Object.fromEntries(
    [...home].map((path) => [`${localDir}/${path}`, "x"]),
  );
}

/** The events to the end, or as many as that. */
export async function listen(
  { events }: Client,
  count = Infinity,
): Promise<readonly Event[]> {
  const heard: Event[] = [];
  while (heard.length < count) {
    const { done, value } = await events.next();
    if (done) break;
    heard.push(value);
  }
  return heard;
}

/** The events of a whole session. */
export async function play(
  scene: Scene,
  plan: Plan,
  options: Partial<SessionOptions> = {},
): Promise<readonly Event[]> {
  return await listen(await startClient(scene, plan, options));
}

/** Those of one type. */
export function only<T extends Event["type"]>(
  events: readonly Event[],
  type: T,
): readonly Extract<Event, { type: T }>[] {
  return events.filter((event): event is Extract<Event, { type: T }> =>
    event.type === type
  );
}

/** How it ended: "succeeded", "failed", or why it left. */
export function endingOf(events: readonly Event[]): string {
  const last = events.at(-1);
  if (last?.type === "runFinished") return last.outcome;
  if (last?.type === "sessionEnded") return last.reason;
  throw new Error(`the last event is ${last?.type}`);
}

/** Listens until something of a type happens. */
export async function until(
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
export function codes({ far: { queue } }: Scene) {
  return Object.fromEntries(
    [...queue.runs].map(([key, runs]) => [key, runs.map(({ code }) => code)]),
  );
}
