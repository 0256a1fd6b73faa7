import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { type Event, msOf } from "../../../src/model/event.ts";
import { applyEvent, resumeState } from "../../../src/model/run_state/mod.ts";
import { startRun } from "../../../src/engine/session/mod.ts";
import {
  type Client,
  defaultOptions,
  eventsOfType,
  exitCodes,
  newSimulation,
  outcomeOf,
  planWith,
  readEvents,
  runToEnd,
  type Simulation,
  startClient,
  waitForEvent,
} from "../../helpers/simulation/mod.ts";
import {
  type FakeJournals,
  fakeJournals,
} from "../../helpers/fake_journals.ts";
import { fakeRemoteHost } from "../../helpers/simulation/backend.ts";
import { newRunDir } from "../../helpers/simulation/queue.ts";
import {
  connectionLost,
  type SimulationScript,
} from "../../helpers/simulation/faults.ts";
import { fail, ok as good } from "../../../src/text/result.ts";
import { fakeEnvironment } from "../../helpers/environment.ts";
import type { Plan } from "../../../src/model/plan.ts";

const plan = planWith(4, 2);
const long = () => 100_000;

const once = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`t${at}`, [0]]));

Deno.test("the same command resumes an interrupted run", async () => {
  const simulation = newSimulation({ lasts: long });
  const client = await startClient(simulation, plan);
  await waitForEvent(client, "taskStarted");
  client.interrupt();
  strictEqual(outcomeOf(await readEvents(client)), "interrupt");
  const events = await runToEnd(simulation, plan);
  strictEqual(outcomeOf(events), "succeeded");
  deepStrictEqual([
    eventsOfType(events, "runStarted"),
    eventsOfType(events, "jobCreated"),
  ], [
    [],
    [],
  ]);
  deepStrictEqual(exitCodes(simulation), once(4));
  deepStrictEqual(simulation.journals.generations(plan.runKey), [1]);
});

Deno.test("the same command retries what failed, with new attempts, and nothing else", async () => {
  const small = planWith(3, 3, { machine: { retries: 1 } });
  const simulation = newSimulation({
    exits: (task, n) => task === "t1" && n < 4 ? 5 : 0,
  });
  strictEqual(outcomeOf(await runToEnd(simulation, small)), "failed");
  deepStrictEqual(exitCodes(simulation), { t0: [0], t1: [5, 5], t2: [0] });
  strictEqual(outcomeOf(await runToEnd(simulation, small)), "succeeded");
  deepStrictEqual(exitCodes(simulation), {
    t0: [0],
    t1: [5, 5, 5, 0],
    t2: [0],
  });
  deepStrictEqual(simulation.journals.generations(small.runKey), [1]);
});

Deno.test("a reported run is closed: the same command runs everything again", async () => {
  const simulation = newSimulation();
  await runToEnd(simulation, plan);
  const events = await runToEnd(simulation, plan);
  strictEqual(outcomeOf(events), "succeeded");
  strictEqual(eventsOfType(events, "runStarted")[0]?.generation, 2);
  deepStrictEqual(exitCodes(simulation), {
    t0: [0, 0],
    t1: [0, 0],
    t2: [0, 0],
    t3: [0, 0],
  });
});

Deno.test("a closed directory that was kept is replaced by the next run", async () => {
  const simulation = newSimulation();
  await runToEnd(simulation, plan, { keepRemoteDir: true });
  const { runId, closed, lease } = simulation.remote.queue.runDir!;
  deepStrictEqual([closed, lease], [true, null]);
  strictEqual(
    outcomeOf(await runToEnd(simulation, plan, { keepRemoteDir: true })),
    "succeeded",
  );
  ok(simulation.remote.queue.runDir!.runId !== runId);
});

const here = { "/work/d0/out": "x", "/work/d1/out": "x", "/work/d2/out": "x" };

Deno.test("with --reuse a closed run reuses what is unchanged and runs the other tasks", async () => {
  const simulation = newSimulation();
  await runToEnd(simulation, plan);
  const client = await startClient(simulation, plan, { reuse: true }, {
    tree: here,
  });
  const events = await readEvents(client);
  strictEqual(outcomeOf(events), "succeeded");
  const [reused] = eventsOfType(events, "resultsReused");
  deepStrictEqual(reused?.results.map(({ task }) => task), ["t0", "t1", "t2"]);
  deepStrictEqual(exitCodes(simulation), {
    t0: [0],
    t1: [0],
    t2: [0],
    t3: [0, 0],
  });
});

Deno.test("a generation that only inspected does not hide earlier results from --reuse", async () => {
  const simulation = newSimulation();
  await runToEnd(simulation, plan);
  strictEqual(
    outcomeOf(await runToEnd(simulation, plan, { cancel: true })),
    "cancel",
  );
  const client = await startClient(simulation, plan, { reuse: true }, {
    tree: here,
  });
  await readEvents(client);
  deepStrictEqual(exitCodes(simulation), {
    t0: [0],
    t1: [0],
    t2: [0],
    t3: [0, 0],
  });
});

Deno.test("--reuse uses the last reported run, whichever runs were left open since", async () => {
  const simulation = newSimulation();
  await runToEnd(simulation, plan);
  await runToEnd(simulation, plan, { dryRun: true });
  const options = { reuse: true, forget: true };
  const client = await startClient(simulation, plan, options, { tree: here });
  await readEvents(client);
  deepStrictEqual(exitCodes(simulation), {
    t0: [0],
    t1: [0],
    t2: [0],
    t3: [0, 0],
  });
});

Deno.test("where all is reused, nothing is staged, and no lease stays in the directory that is kept", async () => {
  const simulation = newSimulation();
  await runToEnd(simulation, plan, { keepRemoteDir: true });
  const tree = { ...here, "/work/d3/out": "x" };
  const options = { reuse: true, keepRemoteDir: true };
  const client = await startClient(simulation, plan, options, { tree });
  strictEqual(outcomeOf(await readEvents(client)), "succeeded");
  strictEqual(simulation.remote.calls.stage, 1);
  strictEqual(simulation.remote.queue.runDir!.lease, null);
});

Deno.test("missing results fail the run and leave it open; the next command collects them without running the task", async () => {
  const common = planWith(2, 1, {}, { commonOutputs: ["all"] });
  const simulation = newSimulation({
    misses: (_, pattern, n) =>
      n < 5 && (pattern === "all" || pattern === "out"),
  });
  const first = await runToEnd(simulation, common);
  strictEqual(outcomeOf(first), "failed");
  deepStrictEqual(eventsOfType(first, "commonCollected")[0]?.result.missing, [
    "all",
  ]);
  ok(simulation.remote.queue.runDir !== null);
  const times = simulation.remote.calls.collect;
  ok(times < 5);
  const second = await runToEnd(newFar(simulation), common);
  strictEqual(outcomeOf(second), "succeeded");
  deepStrictEqual(exitCodes(simulation), once(2));
});

/** The same far side, as if enough had been asked of it. */
function newFar(simulation: Simulation): Simulation {
  Object.assign(simulation.remote.calls, { collect: 10 });
  return simulation;
}

Deno.test("a task that changed while its old job is active runs after that job was cancelled", async () => {
  const simulation = newSimulation({ lasts: long });
  const before = planWith([{ key: "old", dir: "d" }, {}], 1);
  const client = await startClient(simulation, before);
  await waitForEvent(client, "taskStarted");
  client.interrupt();
  await readEvents(client);
  const after = planWith([{ key: "new", dir: "d" }, {}], 1);
  const events = await runToEnd(simulation, after);
  strictEqual(outcomeOf(events), "succeeded");
  const [cancelling] = eventsOfType(events, "cancelRequested");
  strictEqual(cancelling?.reason, "outdated");
  deepStrictEqual(exitCodes(simulation), { old: [null], t1: [0], new: [0] });
  const packed = events.findIndex(({ type }) => type === "jobCreated");
  const ended = events.findIndex(({ type }) => type === "jobEnded");
  ok(ended < packed);
});

Deno.test("a task that changed after its job ended is run, the others are not", async () => {
  const simulation = newSimulation();
  const before = planWith([{ key: "old", dir: "d" }, {}], 1);
  await runToEnd(simulation, before, { exitOnSubmit: true });
  await simulation.clock.sleep(100_000);
  const after = planWith([{ key: "new", dir: "d" }, {}], 1);
  strictEqual(outcomeOf(await runToEnd(simulation, after)), "succeeded");
  deepStrictEqual(exitCodes(simulation), { old: [0], t1: [0], new: [0] });
});

Deno.test("a lost journal is rebuilt from the remote state, while its jobs run and after they ended", async () => {
  for (const pause of [0, 1_000_000]) {
    const simulation = newSimulation({ lasts: long });
    await runToEnd(simulation, plan, { exitOnSubmit: true });
    simulation.journals.deleteAll(plan.runKey);
    await simulation.clock.sleep(pause);
    const events = await runToEnd(simulation, plan);
    strictEqual(outcomeOf(events), "succeeded");
    strictEqual(simulation.remote.queue.jobs.length, 2);
    deepStrictEqual(exitCodes(simulation), once(4));
    const collected = eventsOfType(events, "collected").flatMap(({ results }) =>
      results
    );
    strictEqual(collected.length, 4);
  }
});

Deno.test("an incomplete line is lost alone, not the next line too", async () => {
  for (let characters = 1; characters < 200; characters += 7) {
    const simulation = newSimulation();
    const client = await startClient(simulation, plan);
    await waitForEvent(client, "taskStarted");
    client.die();
    simulation.journals.truncate(plan.runKey, characters);
    const events = await runToEnd(simulation, plan);
    strictEqual(outcomeOf(events), "succeeded");
    deepStrictEqual(exitCodes(simulation), once(4));
    const saved = simulation.journals.events(plan.runKey);
    deepStrictEqual(saved.slice(-events.length), events);
  }
});

Deno.test("a directory removed while its jobs are active stops all submits until they are known to be lost", async () => {
  const simulation = newSimulation({ waits: () => 300_000 });
  const one = planWith(3, 1, { machine: { maxJobs: 2 } });
  await runToEnd(simulation, one, { exitOnSubmit: true });
  simulation.remote.queue.runDir = null;
  const events = await runToEnd(simulation, one);
  strictEqual(outcomeOf(events), "succeeded");
  deepStrictEqual(simulation.remote.queue.violations, []);
  const [warned] = eventsOfType(events, "warning");
  match(warned!.failure.detail, /2 of its jobs may be active/);
  const types = events.map(({ type }) => type);
  ok(
    types.indexOf("staged") >
      types.lastIndexOf("jobEnded", types.indexOf("jobCreated")),
  );
  strictEqual(
    eventsOfType(events.slice(0, types.indexOf("jobCreated")), "jobEnded")
      .length,
    2,
  );
  deepStrictEqual(exitCodes(simulation), once(3));
});

Deno.test("without its directory a submit stays unconfirmed: the run stops and says how to resume", async () => {
  const simulation = newSimulation({ answers: () => "taken" });
  const client = await startClient(simulation, plan);
  await waitForEvent(client, "jobUnconfirmed");
  client.die();
  simulation.remote.queue.runDir = null;
  const [left] = eventsOfType(await runToEnd(simulation, plan), "sessionEnded");
  strictEqual(left?.reason, "stopped");
  match(left!.failure!.hint!, /--forget/);
  strictEqual(simulation.remote.queue.runDir, null);
});

Deno.test("another run's directory in the place of this run's stops the run, and nothing is submitted", async () => {
  const simulation = newSimulation({ lasts: long });
  await runToEnd(simulation, plan, { exitOnSubmit: true });
  simulation.remote.queue.runDir = newRunDir("foreign0");
  const submits = simulation.remote.calls.submit;
  const [left] = eventsOfType(await runToEnd(simulation, plan), "sessionEnded");
  strictEqual(left?.reason, "stopped");
  match(left!.failure!.detail, /foreign0/);
  strictEqual(simulation.remote.calls.submit, submits);
  strictEqual(simulation.remote.queue.runDir.lease, null);
});

Deno.test("with --forget a new generation includes what the remote host still has", async () => {
  const simulation = newSimulation({ lasts: long });
  await runToEnd(simulation, plan, { exitOnSubmit: true });
  const events = await runToEnd(simulation, plan, { forget: true });
  strictEqual(outcomeOf(events), "succeeded");
  strictEqual(eventsOfType(events, "runStarted")[0]?.generation, 2);
  deepStrictEqual(exitCodes(simulation), once(4));
});

Deno.test("--forget starts a run again whose results are missing once its directory was removed, and not before", async () => {
  const small = planWith(2, 1);
  const simulation = newSimulation({
    misses: (_, pattern) => pattern === "out",
  });
  strictEqual(outcomeOf(await runToEnd(simulation, small)), "failed");
  await runToEnd(simulation, small, { forget: true });
  deepStrictEqual(exitCodes(simulation), once(2));
  simulation.remote.queue.runDir = null;
  await runToEnd(simulation, small);
  deepStrictEqual(exitCodes(simulation), once(2));
  await runToEnd(simulation, small, { forget: true });
  deepStrictEqual(exitCodes(simulation), { t0: [0, 0], t1: [0, 0] });
});

Deno.test("a lease that cannot be released, a run that cannot be closed is a warning before the last event, once, and the outcome is the same", async () => {
  for (
    const [broken, options, ending] of [
      ["release", { exitOnSubmit: true }, "exitOnSubmit"],
      ["release", { keepRemoteDir: true }, "succeeded"],
      ["close", { keepRemoteDir: true }, "succeeded"],
      ["both", { keepRemoteDir: true }, "succeeded"],
    ] as const
  ) {
    const simulation = newSimulation({
      breaks: (method) =>
        method === broken ||
          broken === "both" && (method === "close" || method === "release")
          ? "before"
          : null,
    });
    const events = await runToEnd(simulation, plan, options);
    strictEqual(outcomeOf(events), ending, broken);
    deepStrictEqual(
      eventsOfType(events, "warning").map(({ failure }) => failure.detail),
      ["connection lost"],
    );
    strictEqual(events.at(-2)?.type, "warning", broken);
    // The journal ends with the last event, whatever came after it.
    const journal = simulation.journals.events(plan.runKey);
    strictEqual(journal.at(-1)?.type, events.at(-1)?.type);
  }
});

Deno.test("a session that ended for the same reason does not say it again", async () => {
  const simulation = newSimulation({ lasts: long });
  await runToEnd(simulation, plan, { exitOnSubmit: true });
  const gone = { ...connectionLost, isRetryable: false };
  const events = await runToEnd(
    {
      ...simulation,
      remote: {
        ...simulation.remote,
        open: (clock, isDead) => async (plan, session) => {
          const opened = await simulation.remote.open(clock, isDead)(
            plan,
            session,
          );
          if (!opened.ok) return opened;
          const never = () => Promise.resolve(fail(gone));
          const lease = { ...opened.value.lease!, release: never };
          return good({ ...opened.value, lease, poll: never });
        },
      },
    },
    plan,
  );
  deepStrictEqual(
    [outcomeOf(events), eventsOfType(events, "warning").length],
    ["stopped", 0],
  );
});

Deno.test("a second dpdisp attaches to the first until its end and leaves the work to it", async () => {
  const simulation = newSimulation({ lasts: long });
  const leader = await startClient(simulation, plan);
  const follower = await startClient(simulation, plan);
  const [led, followed] = await Promise.all([
    readEvents(leader),
    readEvents(follower),
  ]);
  strictEqual(followed[0]?.type, "attached");
  // That it began and was opened stood in the journal before.
  deepStrictEqual(followed.slice(1), led.slice(2));
  deepStrictEqual([outcomeOf(followed), simulation.remote.calls.acquire], [
    "succeeded",
    1,
  ]);
});

Deno.test("a second dpdisp takes over when the first is killed, and no job is submitted twice", async () => {
  const simulation = newSimulation({ lasts: long });
  const leader = await startClient(simulation, plan);
  await waitForEvent(leader, "taskStarted");
  const follower = await startClient(simulation, plan);
  await waitForEvent(follower, "attached");
  leader.die();
  strictEqual(outcomeOf(await readEvents(follower)), "succeeded");
  deepStrictEqual(exitCodes(simulation), once(4));
  deepStrictEqual(simulation.remote.queue.violations, []);
});

Deno.test("a second dpdisp that starts before the first has started a new run does not show the old report", async () => {
  const simulation = newSimulation();
  await runToEnd(simulation, plan);
  const leader = await startClient(simulation, plan);
  const follower = await startClient(simulation, plan);
  const hearing = readEvents(follower);
  await simulation.clock.sleep(5000);
  const led = await readEvents(leader);
  const followed = await hearing;
  deepStrictEqual(followed.slice(-led.length), led);
  strictEqual(follower.run.state.started?.generation, 2);
});

Deno.test("a second dpdisp that is to cancel requests it from the first", async () => {
  const simulation = newSimulation({ lasts: long });
  const leader = await startClient(simulation, plan);
  await waitForEvent(leader, "taskStarted");
  const follower = await startClient(simulation, plan, { cancel: true });
  const [led, followed] = await Promise.all([
    readEvents(leader),
    readEvents(follower),
  ]);
  deepStrictEqual([outcomeOf(led), outcomeOf(followed)], ["cancel", "cancel"]);
  strictEqual(outcomeOf(await runToEnd(simulation, plan)), "succeeded");
});

Deno.test("a request to cancel from another terminal is noticed at once, however rarely the jobs are polled", async () => {
  const simulation = newSimulation({
    lasts: () => 1e7,
    limits: { minPollSeconds: 1000, maxPollSeconds: 1000 },
  });
  const client = await startClient(simulation, plan);
  await waitForEvent(client, "jobSubmitted");
  await simulation.clock.sleep(5000);
  const asked = simulation.clock.now();
  simulation.journals.requestCancel(plan.runKey, true);
  const after = msOf(await waitForEvent(client, "cancelSent")) - asked;
  ok(after < 1000, `noticed after ${after} ms`);
  strictEqual(outcomeOf(await readEvents(client)), "cancel");
});

Deno.test("the request to cancel is read at most once for each turn of the loop", async () => {
  const simulation = newSimulation();
  const reads = { count: 0, atNow: 0, at: 0 };
  const journals: FakeJournals = {
    ...simulation.journals,
    isCancelRequested(key) {
      reads.count += 1;
      return simulation.journals.isCancelRequested(key);
    },
  };
  const many = planWith(50, 1);
  const client = await startClient(simulation, many, {}, { journals });
  const events = await readEvents(client);
  strictEqual(outcomeOf(events), "succeeded");
  ok(reads.count < events.length / 4, `${reads.count} of ${events.length}`);
});

Deno.test("a second dpdisp does not show earlier events", async () => {
  const simulation = newSimulation({ lasts: long });
  const leader = await startClient(simulation, plan);
  const before = await waitForEvent(leader, "taskStarted");
  const follower = await startClient(simulation, plan);
  const [, followed] = await Promise.all([
    readEvents(leader),
    readEvents(follower),
  ]);
  strictEqual(eventsOfType(followed, "runStarted").length, 0, String(before));
  strictEqual(eventsOfType(followed, "runFinished").length, 1);
});

Deno.test("an interrupt ends a dpdisp that is only attached", async () => {
  const simulation = newSimulation({ lasts: long });
  const leader = await startClient(simulation, plan);
  await waitForEvent(leader, "taskStarted");
  const follower = await startClient(simulation, plan);
  await waitForEvent(follower, "attached");
  follower.interrupt();
  strictEqual(outcomeOf(await readEvents(follower)), "interrupt");
  strictEqual(outcomeOf(await readEvents(leader)), "succeeded");
});

/** A client of the same submission with journals of its own: another machine's. */
function abroad(simulation: Simulation): Promise<Client> {
  const journals = fakeJournals();
  return startClient(simulation, plan, {}, { host: "there", journals });
}

Deno.test("a dpdisp on another host waits as long as the first is running, and finds the run finished", async () => {
  const simulation = newSimulation({ lasts: () => 300_000 });
  const first = await startClient(simulation, plan);
  await waitForEvent(first, "jobSubmitted");
  const second = await abroad(simulation);
  const [led, waited] = await Promise.all([
    readEvents(first),
    readEvents(second),
  ]);
  deepStrictEqual([outcomeOf(led), outcomeOf(waited)], [
    "succeeded",
    "elsewhere",
  ]);
  strictEqual(eventsOfType(waited, "attached").length, 1);
  deepStrictEqual(exitCodes(simulation), once(4));
});

Deno.test("a dpdisp on another host takes over after the first wrote no heartbeat for long", async () => {
  const simulation = newSimulation({ lasts: () => 300_000 });
  const first = await startClient(simulation, plan);
  await waitForEvent(first, "taskStarted");
  first.die();
  const second = await abroad(simulation);
  const attached = await waitForEvent(second, "attached");
  const { time } = await waitForEvent(second, "remoteInspected");
  const after = time - attached.time;
  ok(after >= 120 && after < 130);
  strictEqual(outcomeOf(await readEvents(second)), "succeeded");
  deepStrictEqual(exitCodes(simulation), once(4));
  deepStrictEqual(simulation.remote.queue.violations, []);
});

Deno.test("the lease of a process that is known to have ended is taken over at once", async () => {
  const simulation = newSimulation({ lasts: long });
  const first = await startClient(simulation, plan);
  await waitForEvent(first, "taskStarted");
  const before = simulation.clock.now();
  first.die();
  const second = await startClient(simulation, plan);
  ok(msOf(await waitForEvent(second, "remoteInspected")) - before < 1000);
  strictEqual(outcomeOf(await readEvents(second)), "succeeded");
});

Deno.test("a submit script that runs longer than its dpdisp is waited for, and stops once it has lost the lease", async () => {
  const simulation = newSimulation({ submitting: 5000, waits: () => 300_000 });
  const many = planWith(8, 1);
  const first = await startClient(simulation, many);
  await waitForEvent(first, "jobSubmitted");
  first.die();
  strictEqual(outcomeOf(await runToEnd(simulation, many)), "succeeded");
  deepStrictEqual(exitCodes(simulation), once(8));
  deepStrictEqual(simulation.remote.queue.violations, []);
  // None that was on its way is in the queue beside its successor.
  strictEqual(simulation.remote.queue.jobs.length, 8);
});

/** A session of the plan with the scene's journals; nothing of it happens. */
function startOf(simulation: Simulation, plan: Plan) {
  const environment = fakeEnvironment({ journals: simulation.journals });
  return (options = defaultOptions) => {
    const { signal } = new AbortController();
    const open = simulation.remote.open(simulation.clock, () => false);
    return startRun(plan, options, environment, open, signal);
  };
}

const moved = { ...plan, runKey: `${plan.runKey.split("-")[0]}-00000000` };

Deno.test("a script whose remote directory changes while its jobs are active stops before anything is sent, and says where they are", async () => {
  const simulation = newSimulation({ lasts: long });
  await runToEnd(simulation, plan, { exitOnSubmit: true });
  const start = startOf(simulation, moved);
  const started = await start();
  ok(!started.ok);
  match(
    started.error.detail,
    /^2 of its jobs may still be active in \/far\/root on far; last seen \d{4}-\d\d-\d\d \d\d:\d\d UTC \(journal \S+\)$/,
  );
  ok((await start({ ...defaultOptions, forget: true })).ok);
  strictEqual(outcomeOf(await runToEnd(simulation, plan)), "succeeded");
  ok((await start()).ok);
});

Deno.test("jobs whose location was never recorded are reported too", async () => {
  const simulation = newSimulation({ lasts: long });
  await runToEnd(simulation, plan, { exitOnSubmit: true });
  const known = simulation.journals.events(plan.runKey);
  const torn = known.filter(({ type }) =>
    type !== "remoteInspected" && type !== "runStarted"
  );
  simulation.journals.put(plan.runKey, 1, torn);
  const started = await startOf(simulation, moved)();
  ok(!started.ok);
  match(
    started.error.detail,
    /^2 of its jobs may still be active at its earlier location/,
  );
});

Deno.test("jobs at another location that were forgotten once stay forgotten, until there are new events of them", async () => {
  const simulation = newSimulation({ lasts: long });
  await runToEnd(simulation, plan, { exitOnSubmit: true });
  await simulation.clock.sleep(10);
  const start = startOf(simulation, moved);
  ok(!(await start()).ok);
  const there = { ...simulation, far: fakeRemoteHost({ lasts: long }) };
  await runToEnd(there, moved, { forget: true, exitOnSubmit: true });
  ok((await start()).ok);
  // The new place's jobs are not forgotten by that.
  const back = await startOf(simulation, plan)();
  ok(!back.ok);
  match(back.error.detail, /^2 of its jobs may still be active/);
  await simulation.clock.sleep(10);
  await runToEnd(simulation, plan, { forget: true, exitOnSubmit: true });
  ok(!(await start()).ok);
});

Deno.test("a script whose batch system changes while its jobs are active stops before anything is sent", async () => {
  const simulation = newSimulation({ lasts: long });
  await runToEnd(simulation, plan, { exitOnSubmit: true });
  await simulation.clock.sleep(10);
  const { config } = plan;
  const machine = { ...config.machine, scheduler: "SGE" as const };
  const start = startOf(simulation, {
    ...plan,
    config: { ...config, machine },
  });
  const started = await start();
  ok(!started.ok);
  match(
    started.error.detail,
    new RegExp(
      `active under ${config.machine.scheduler}, in /far/root on far;`,
    ),
  );
  ok((await start({ ...defaultOptions, forget: true })).ok);
  // Nothing was begun by that.
  ok(!(await start()).ok);
});

Deno.test("every event is in the journal, and applied, before it is shown", async () => {
  const simulation = newSimulation();
  const { run } = await startClient(simulation, plan);
  const events: Event[] = [];
  const folded = resumeState([], plan.tasks.map(({ key }) => key));
  await run.toEnd((event) => {
    events.push(event);
    deepStrictEqual(simulation.journals.events(plan.runKey), events);
    deepStrictEqual(
      run.state,
      applyEvent(folded, event, simulation.clock.elapsed()),
    );
  });
});

/** A run of six tasks of which one failed. */
async function fiveOfSix(script: SimulationScript = {}) {
  const six = planWith(6, 2, { machine: { retries: 0 } });
  const simulation = newSimulation({
    exits: (task, n) => task === "t5" && n === 1 ? 5 : 0,
    ...script,
  });
  strictEqual(outcomeOf(await runToEnd(simulation, six)), "failed");
  return { scene: simulation, six };
}

Deno.test("finished tasks whose results were deleted run again with those that failed", async () => {
  const { scene: simulation, six } = await fiveOfSix();
  simulation.remote.collected.delete("d1/out");
  simulation.remote.collected.delete("d2/out");
  const events = await runToEnd(simulation, six);
  strictEqual(outcomeOf(events), "succeeded");
  deepStrictEqual(
    eventsOfType(events, "resultsLost").map(({ tasks, deleted }) => ({
      tasks,
      deleted,
    })),
    [{ tasks: ["t1", "t2"], deleted: ["d1/out", "d2/out"] }],
  );
  // Whoever tidied up may have removed what was staged, too.
  deepStrictEqual(eventsOfType(events, "staged").map(({ tasks }) => tasks), [
    ["t1", "t2"],
  ]);
  deepStrictEqual(exitCodes(simulation), {
    ...once(6),
    ...{ t1: [0, 0], t2: [0, 0], t5: [5, 0] },
  });
  ok(
    simulation.remote.collected.has("d1/out") &&
      simulation.remote.collected.has("d2/out"),
  );
});

Deno.test("a task that runs again because its results were deleted is not finished by its old record", async () => {
  const { scene: simulation, six } = await fiveOfSix({ lasts: long });
  simulation.remote.collected.delete("d1/out");
  const killed = await startClient(simulation, six);
  await waitForEvent(killed, "resultsLost");
  await waitForEvent(killed, "jobCreated");
  killed.die();
  const again = await startClient(simulation, six);
  await waitForEvent(again, "taskStarted");
  again.die();
  strictEqual(outcomeOf(await runToEnd(simulation, six)), "succeeded");
  deepStrictEqual(exitCodes(simulation), {
    ...once(6),
    ...{ t1: [0, 0], t5: [5, 0] },
  });
});

Deno.test("a run in which only results were deleted since its directory was removed starts again there", async () => {
  const whole = await runToEnd(newSimulation(), plan);
  const dies = whole.findIndex(({ type }) => type === "cleaned") + 1;
  const simulation = newSimulation();
  const client = await startClient(simulation, plan, {}, { dies });
  await readEvents(client, dies);
  client.die();
  simulation.remote.collected.delete("d3/out");
  const events = await runToEnd(simulation, plan);
  strictEqual(outcomeOf(events), "succeeded");
  deepStrictEqual(exitCodes(simulation), { ...once(4), t3: [0, 0] });
  strictEqual(simulation.remote.queue.runDir, null);
});

Deno.test("a task of an active job runs again beside it", async () => {
  const simulation = newSimulation({
    lasts: (task) => task === "t0" ? 1_000 : 200_000,
  });
  const pair = planWith(2, 2);
  const client = await startClient(simulation, pair);
  await waitForEvent(client, "collected");
  client.die();
  simulation.remote.collected.delete("d0/out");
  const events = await runToEnd(simulation, pair);
  strictEqual(outcomeOf(events), "succeeded");
  // What is told that its tasks are another's now would leave the others.
  deepStrictEqual(
    eventsOfType(events, "jobCreated").map(({ supersedes }) => supersedes),
    [[]],
  );
  deepStrictEqual(exitCodes(simulation), { t0: [0, 0], t1: [0] });
});

Deno.test("a cancel runs no task again", async () => {
  const { scene: simulation, six } = await fiveOfSix();
  simulation.remote.collected.clear();
  const events = await runToEnd(simulation, six, { cancel: true });
  deepStrictEqual(eventsOfType(events, "resultsLost"), []);
});
