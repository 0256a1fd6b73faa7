import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import { limitsWith } from "../../src/engine/loop.ts";
import type { Event } from "../../src/model/event.ts";
import {
  eventsOfType,
  exitCodes,
  newSimulation,
  outcomeOf,
  planWith,
  readEvents,
  runToEnd,
  type Simulation,
  startClient,
} from "../helpers/simulation/mod.ts";
import type { Overrides } from "../helpers/config.ts";
import type {
  Answer,
  Method,
  SimulationScript,
} from "../helpers/simulation/faults.ts";
import type {
  BackendTraits,
  QueueEntry,
} from "../../src/model/backend_messages.ts";

/** A run in one go. */
async function story(
  script: SimulationScript,
  plan = planWith(6, 2),
  options: Parameters<typeof runToEnd>[2] = {},
) {
  const simulation = newSimulation(script);
  const events = await runToEnd(simulation, plan, options);
  return { scene: simulation, events, ending: outcomeOf(events) };
}

/** Every task ran once and succeeded, and nothing happened that must not. */
function isClean(simulation: Simulation, tasks: number): void {
  deepStrictEqual(simulation.remote.queue.violations, []);
  const expected = Array.from({ length: tasks }, (_, at) => [`t${at}`, [0]]);
  deepStrictEqual(exitCodes(simulation), Object.fromEntries(expected));
}

const indexOf = (events: readonly Event[], type: Event["type"]) =>
  events.findIndex((event) => event.type === type);
const lastOf = (events: readonly Event[], type: Event["type"]) =>
  events.findLastIndex((event) => event.type === type);
const types = (events: readonly Event[]) => events.map(({ type }) => type);

Deno.test("without failures every task runs once, all results are collected, the remote directory is removed", async () => {
  const { scene: simulation, events, ending } = await story({});
  strictEqual(ending, "succeeded");
  isClean(simulation, 6);
  const collected = eventsOfType(events, "collected").flatMap(({ results }) =>
    results
  );
  deepStrictEqual(collected.map(({ task }) => task).sort(), [
    ...["t0", "t1", "t2", "t3", "t4", "t5"],
  ]);
  strictEqual(simulation.remote.queue.runDir, null);
});

Deno.test("staging, submitting and polling take the same calls for one job as for five hundred", async () => {
  const [one, many] = await Promise.all([1, 500].map(async (jobs) => {
    const { scene: simulation } = await story(
      { submitting: 0 },
      planWith(jobs, 1),
    );
    const { collect: _, ...trips } = simulation.remote.calls;
    return trips;
  }));
  deepStrictEqual(many, one);
});

Deno.test("results are collected while other tasks run, common ones when all have ended", async () => {
  const plan = planWith(2, 1, {}, { commonOutputs: ["all"] });
  const lasts = (task: string) => task === "t0" ? 1000 : 60_000;
  const { events, ending } = await story({ lasts }, plan);
  strictEqual(ending, "succeeded");
  ok(indexOf(events, "collected") < lastOf(events, "taskExited"));
  ok(indexOf(events, "commonCollected") > lastOf(events, "jobEnded"));
  strictEqual(eventsOfType(events, "commonCollected").length, 1);
});

Deno.test("a task has as many attempts as allowed, the others have one", async () => {
  const plan = planWith(3, 3, { machine: { retries: 2 } });
  const { scene: simulation, events, ending } = await story(
    { exits: (task) => task === "t1" ? 9 : 0 },
    plan,
  );
  strictEqual(ending, "failed");
  deepStrictEqual(exitCodes(simulation), { t0: [0], t1: [9, 9, 9], t2: [0] });
  deepStrictEqual(
    eventsOfType(events, "taskFailed").map(({ task, code }) => [task, code]),
    [
      ["t1", 9],
    ],
  );
  ok(simulation.remote.queue.runDir !== null);
});

Deno.test("attempts are counted for each task separately", async () => {
  const plan = planWith(4, 2, { machine: { retries: 3 } });
  const { scene: simulation, ending } = await story({
    exits: (task, run) => run <= Number(task.slice(1)) ? 1 : 0,
  }, plan);
  strictEqual(ending, "succeeded");
  deepStrictEqual(exitCodes(simulation), {
    t0: [0],
    t1: [1, 0],
    t2: [1, 1, 0],
    t3: [1, 1, 1, 0],
  });
});

Deno.test("a command that cannot be executed is executed once", async () => {
  for (const code of [126, 127]) {
    const { scene: simulation, ending } = await story(
      { exits: () => code },
      planWith(1, 1),
    );
    deepStrictEqual([ending, exitCodes(simulation)], ["failed", {
      t0: [code],
    }]);
  }
});

Deno.test("a job that disappears loses only tasks that had not ended", async () => {
  const { scene: simulation, events, ending } = await story({
    exits: (task, run) => task === "t1" && run === 1 ? "killed" : 0,
  }, planWith(3, 3));
  strictEqual(ending, "succeeded");
  deepStrictEqual(exitCodes(simulation), { t0: [0], t1: [null, 0], t2: [0] });
  deepStrictEqual(
    eventsOfType(events, "jobEnded").map(({ reason }) => reason.kind),
    [
      "disappeared",
      "completed",
    ],
  );
  deepStrictEqual(simulation.remote.queue.violations, []);
});

/** What the queue shows of every job between two times (s after the start), instead of the truth. */
function during(from: number, to: number, shown: QueueEntry | null) {
  const start = 1_700_000_000;
  return (_: unknown, __: unknown, now: number) => {
    const seconds = now / 1000 - start;
    return seconds >= from && seconds < to ? shown : undefined;
  };
}

const slow = () => 200_000;

Deno.test("a job that the queue does not list for a while is not lost", async () => {
  const { scene: simulation, events, ending } = await story({
    lasts: slow,
    shows: during(50, 140, null),
  }, planWith(2, 1));
  strictEqual(ending, "succeeded");
  isClean(simulation, 2);
  ok(eventsOfType(events, "jobsNotListed").length > 0);
});

Deno.test("late records are waited for", async () => {
  const { scene: simulation, ending } = await story(
    { recordLag: 90_000 },
    planWith(4, 2),
  );
  strictEqual(ending, "succeeded");
  isClean(simulation, 4);
});

Deno.test("a queue that cannot be read does not make jobs lost", async () => {
  const { scene: simulation, ending } = await story(
    { lasts: slow, shows: () => null, blind: () => true },
    planWith(2, 1),
  );
  strictEqual(ending, "succeeded");
  isClean(simulation, 2);
});

Deno.test("an unknown native state is a single warning, and the job is polled to its end", async () => {
  const { scene: simulation, events, ending } = await story({
    lasts: slow,
    shows: during(20, 190, { nativeState: "ZZ", state: null }),
  }, planWith(3, 1));
  strictEqual(ending, "succeeded");
  isClean(simulation, 3);
  strictEqual(eventsOfType(events, "warning").length, 1);
});

Deno.test("a full queue is waited for, and every job is submitted in the end", async () => {
  const answers = (_: unknown, n: number): Answer =>
    n > 2 && n < 9 ? "queueFull" : "accepted";
  const { scene: simulation, events, ending } = await story(
    { answers },
    planWith(6, 1),
  );
  strictEqual(ending, "succeeded");
  isClean(simulation, 6);
  ok(eventsOfType(events, "jobRejected").length > 0);
});

Deno.test("a full queue without active jobs is tried again after the wait", async () => {
  const answers = (_: unknown, n: number): Answer =>
    n < 3 ? "queueFull" : "accepted";
  const { scene: simulation, events, ending } = await story(
    { answers },
    planWith(1, 1),
  );
  strictEqual(ending, "succeeded");
  isClean(simulation, 1);
  const rejections = eventsOfType(events, "jobRejected").map(({ time }) =>
    time
  );
  ok(rejections[1]! - rejections[0]! >= 60);
});

Deno.test("the wait for a full queue, the poll interval and the grace of missing jobs are options of the user", async () => {
  const full = (_: unknown, n: number): Answer =>
    n < 3 ? "queueFull" : "accepted";
  const waited = await story(
    { answers: full },
    planWith(1, 1, { machine: { fullWaitSeconds: 7 } }),
  );
  const rejections = eventsOfType(waited.events, "jobRejected").map((
    { time },
  ) => time);
  const wait = rejections[1]! - rejections[0]!;
  ok(wait >= 7 && wait < 8, `${wait} s`);

  const polls = async (machine: Overrides["machine"] = {}) => {
    const plan = planWith(1, 1, { machine });
    return (await story({ lasts: slow }, plan)).scene.remote.calls.poll;
  };
  const [most, usual, fewest] = [
    await polls({ pollIntervalSeconds: 0.5, maxPollIntervalSeconds: 0.5 }),
    await polls(),
    await polls({ pollIntervalSeconds: 100 }),
  ];
  ok(most > 350 && usual < 60 && fewest <= 4, `${[most, usual, fewest]}`);

  const lostAfter = async (machine: Overrides["machine"] = {}) => {
    const { events } = await story(
      { exits: (_, run) => run === 1 ? "killed" : 0 },
      planWith(1, 1, { machine }),
    );
    const at = (type: Event["type"]) => events[indexOf(events, type)]!.time;
    return at("jobEnded") - at("jobsNotListed");
  };
  const [soon, later] = [
    await lostAfter({ missingGraceSeconds: 20 }),
    await lostAfter(),
  ];
  ok(soon >= 20 && soon < 60 && later >= 120, `${[soon, later]}`);
});

Deno.test("the maximal poll interval is never below the minimal one", () => {
  const { machine } = planWith(1, 1).config;
  const backend = { minPollSeconds: 2, maxPollSeconds: 30 } as BackendTraits;
  const both = (given: Partial<typeof machine>) => {
    const { minPollSeconds, maxPollSeconds } = limitsWith(backend, {
      ...machine,
      ...given,
    });
    return [minPollSeconds, maxPollSeconds];
  };
  deepStrictEqual(both({}), [2, 30]);
  deepStrictEqual(both({ pollIntervalSeconds: 60 }), [60, 60]);
  deepStrictEqual(both({ maxPollIntervalSeconds: 1 }), [1, 1]);
  deepStrictEqual(
    both({ pollIntervalSeconds: 5, maxPollIntervalSeconds: 10 }),
    [5, 10],
  );
});

Deno.test("no more jobs are active at once than requested", async () => {
  const plan = planWith(9, 1, { machine: { maxJobs: 2 } });
  const { scene: simulation, ending } = await story({}, plan);
  strictEqual(ending, "succeeded");
  isClean(simulation, 9);
  strictEqual(simulation.remote.mostActive, 2);
});

/** The first session is told no, again and again. */
const noAtFirst = (_: unknown, n: number): Answer =>
  n <= 3 ? "rejected" : "accepted";

Deno.test("where all jobs are rejected the run stops; the same command resumes it", async () => {
  const plan = planWith(6, 2);
  const { scene: simulation, events, ending } = await story({
    answers: noAtFirst,
  }, plan);
  strictEqual(ending, "stopped");
  const [left] = eventsOfType(events, "sessionEnded");
  deepStrictEqual([left?.failure?.kind, left?.failure?.detail], [
    "scheduler",
    "sbatch: rejected",
  ]);
  strictEqual(eventsOfType(events, "jobSubmitted").length, 0);
  strictEqual(outcomeOf(await runToEnd(simulation, plan)), "succeeded");
  isClean(simulation, 6);
});

Deno.test("where the first job is rejected and others are accepted, its tasks are submitted again", async () => {
  const answers = (_: unknown, n: number): Answer =>
    n === 1 ? "rejected" : "accepted";
  const { scene: simulation, events, ending } = await story(
    { answers },
    planWith(6, 2),
  );
  strictEqual(ending, "succeeded");
  strictEqual(eventsOfType(events, "jobSubmitted").length, 3);
  isClean(simulation, 6);
});

Deno.test("tasks submitted after the text of the script changed are staged again", async () => {
  const plan = planWith(6, 2);
  const { scene: simulation, ending } = await story(
    { answers: noAtFirst },
    plan,
  );
  strictEqual(ending, "stopped");
  const mended = { ...plan, script: { name: "script_2.py", text: "" } };
  const events = await runToEnd(simulation, mended);
  strictEqual(outcomeOf(events), "succeeded");
  const staged = eventsOfType(events, "staged").flatMap(({ tasks }) => tasks);
  deepStrictEqual(staged.toSorted(), ["t0", "t1", "t2", "t3", "t4", "t5"]);
  ok(indexOf(events, "staged") < indexOf(events, "jobCreated"));
  isClean(simulation, 6);
});

Deno.test("the same text of the script is not staged again", async () => {
  const plan = planWith(6, 2);
  const { scene: simulation } = await story({ answers: noAtFirst }, plan);
  deepStrictEqual(eventsOfType(await runToEnd(simulation, plan), "staged"), []);
});

Deno.test("a job that is rejected while others are accepted is one failure; the same command submits it again", async () => {
  const answers = (_: unknown, n: number): Answer =>
    n === 2 ? "rejected" : "accepted";
  const plan = planWith(6, 2);
  const { scene: simulation, events, ending } = await story({ answers }, plan);
  strictEqual(ending, "failed");
  deepStrictEqual(
    eventsOfType(events, "jobEnded").filter(({ reason }) =>
      reason.kind === "rejected"
    )
      .map(({ reason }) => reason.message),
    ["sbatch: rejected"],
  );
  strictEqual(eventsOfType(events, "taskFailed").length, 2);
  strictEqual(outcomeOf(await runToEnd(simulation, plan)), "succeeded");
  isClean(simulation, 6);
});

for (const answer of ["taken", "unreachable"] as const) {
  Deno.test(`a reply that cannot be read is reconciled before a new job is made: the job was ${answer}`, async () => {
    const answers = (_: unknown, n: number): Answer =>
      n === 2 ? answer : "accepted";
    // A job that starts at once is found by its lock.
    const waits = () => 10_000;
    const { scene: simulation, events, ending } = await story({
      answers,
      waits,
    });
    strictEqual(ending, "succeeded");
    isClean(simulation, 6);
    strictEqual(simulation.remote.calls.reconcile, 1);
    const later = events.slice(indexOf(events, "jobUnconfirmed"));
    const settled = later.findIndex(({ type }) =>
      type === (answer === "taken" ? "jobSubmitted" : "jobFenced")
    );
    ok(!types(later.slice(0, settled)).includes("jobCreated"));
  });
}

Deno.test("when the connection breaks during a submit, submitted jobs are found and not submitted again", async () => {
  for (const when of ["before", "after"] as const) {
    const { scene: simulation, ending } = await story({
      waits: () => 100_000,
      breaks: (method, n) => method === "submit" && n === 1 ? when : null,
    }, planWith(8, 2));
    strictEqual(ending, "succeeded", when);
    isClean(simulation, 8);
  }
});

Deno.test("whichever call fails once, the run continues", async () => {
  const methods: readonly Method[] = [
    ...["acquire", "stage", "submit", "poll", "collect", "clean"] as const,
  ];
  for (const method of methods) {
    for (const when of ["before", "after"] as const) {
      const plan = planWith(4, 2, {}, { commonOutputs: ["all"] });
      const { scene: simulation, ending } = await story({
        breaks: (asked, n) => asked === method && n === 1 ? when : null,
      }, plan);
      strictEqual(ending, "succeeded", `${method} ${when}`);
      isClean(simulation, 4);
    }
  }
});

Deno.test("the run does not wait for the unfinished tasks that the ratio allows", async () => {
  const strategy = {
    gpuPerTask: false,
    unfinishedRatio: 0.25,
    headerTemplate: null,
  };
  const plan = planWith(4, 1, { resources: { strategy } });
  const lasts = (task: string) => task === "t3" ? 1e7 : 1000;
  const { scene: simulation, events, ending } = await story({ lasts }, plan);
  strictEqual(ending, "succeeded");
  deepStrictEqual(eventsOfType(events, "runFinished")[0]?.cancelled, 1);
  deepStrictEqual(exitCodes(simulation), {
    t0: [0],
    t1: [0],
    t2: [0],
    t3: [null],
  });
  strictEqual(simulation.remote.queue.jobs.at(-1)!.phase, "ended");
});

Deno.test("fail-fast cancels the others once a task has failed for good; the same command runs them all", async () => {
  const plan = planWith(3, 1, { machine: { retries: 0 } });
  const script: SimulationScript = {
    lasts: (task) => task === "t0" ? 1000 : 1e6,
    exits: (task, run) => task === "t0" && run === 1 ? 1 : 0,
  };
  const { scene: simulation, events, ending } = await story(script, plan, {
    failFast: true,
  });
  strictEqual(ending, "failed");
  strictEqual(eventsOfType(events, "runFinished")[0]?.cancelled, 2);
  ok(simulation.remote.queue.jobs.every(({ phase }) => phase === "ended"));
  strictEqual(outcomeOf(await runToEnd(simulation, plan)), "succeeded");
  deepStrictEqual(exitCodes(simulation), {
    t0: [1, 0],
    t1: [null, 0],
    t2: [null, 0],
  });
});

Deno.test("a dry run stages and submits nothing; the run after it stages nothing again", async () => {
  const plan = planWith(4, 2);
  const { scene: simulation, ending } = await story({}, plan, { dryRun: true });
  strictEqual(ending, "dryRun");
  deepStrictEqual([
    simulation.remote.calls.stage,
    simulation.remote.calls.submit,
  ], [1, 0]);
  strictEqual(outcomeOf(await runToEnd(simulation, plan)), "succeeded");
  strictEqual(simulation.remote.calls.stage, 1);
  isClean(simulation, 4);
});

Deno.test("exit-on-submit detaches from the jobs, and the same command collects their results", async () => {
  const plan = planWith(4, 1);
  const { scene: simulation, ending } = await story({}, plan, {
    exitOnSubmit: true,
  });
  strictEqual(ending, "exitOnSubmit");
  deepStrictEqual([
    simulation.remote.queue.jobs.length,
    simulation.remote.calls.poll,
  ], [4, 0]);
  strictEqual(outcomeOf(await runToEnd(simulation, plan)), "succeeded");
  isClean(simulation, 4);
});

Deno.test("exit-on-submit ends when no more can be submitted; the next command submits the rest", async () => {
  const plan = planWith(5, 1, { machine: { maxJobs: 2 } });
  const { scene: simulation } = await story({}, plan, { exitOnSubmit: true });
  strictEqual(simulation.remote.queue.jobs.length, 2);
  strictEqual(outcomeOf(await runToEnd(simulation, plan)), "succeeded");
  isClean(simulation, 5);
  strictEqual(simulation.remote.mostActive, 2);
});

Deno.test("cancel ends active jobs; finished tasks stay finished and the others run the next time", async () => {
  const plan = planWith(3, 1);
  const lasts = (task: string) => task === "t0" ? 1000 : 100_000;
  const simulation = newSimulation({ lasts });
  const client = await startClient(simulation, plan);
  while (true) {
    const { value } = await client.events.next();
    if (value.type === "collected") break;
  }
  client.interrupt();
  strictEqual(outcomeOf(await readEvents(client)), "interrupt");
  const events = await runToEnd(simulation, plan, { cancel: true });
  strictEqual(outcomeOf(events), "cancel");
  ok(simulation.remote.queue.jobs.every(({ phase }) => phase === "ended"));
  strictEqual(outcomeOf(await runToEnd(simulation, plan)), "succeeded");
  deepStrictEqual(exitCodes(simulation), {
    t0: [0],
    t1: [null, 0],
    t2: [null, 0],
  });
  deepStrictEqual(simulation.remote.queue.violations, []);
});

Deno.test("an interrupt detaches at once and the jobs continue", async () => {
  const plan = planWith(2, 1);
  const simulation = newSimulation({ lasts: slow });
  const client = await startClient(simulation, plan);
  await readEvents(client, 10);
  client.interrupt();
  const before = simulation.clock.now();
  strictEqual(outcomeOf(await readEvents(client)), "interrupt");
  ok(simulation.clock.now() - before < 1000);
  ok(simulation.remote.queue.jobs.every(({ phase }) => phase !== "ended"));
  strictEqual(simulation.remote.queue.runDir!.lease, null);
  strictEqual(outcomeOf(await runToEnd(simulation, plan)), "succeeded");
  isClean(simulation, 2);
});

Deno.test("an interrupt during a submit names the jobs whose replies had not come, which are looked up later", async () => {
  const plan = planWith(6, 1);
  const simulation = newSimulation({ lasts: slow, submitting: 5000 });
  const client = await startClient(simulation, plan);
  const accepted: string[] = [];
  while (accepted.length < 2) {
    const { value } = await client.events.next();
    if (value.type === "jobSubmitted") accepted.push(value.job);
  }
  client.interrupt();
  const events = await readEvents(client);
  const last = events.at(-1)!;
  ok(last.type === "sessionEnded" && last.reason === "interrupt");
  strictEqual(last.submitting?.length, 4);
  ok(last.submitting.every((job) => !accepted.includes(job)));
  strictEqual(outcomeOf(await runToEnd(simulation, plan)), "succeeded");
  isClean(simulation, 6);
});

Deno.test("an interrupt ends a cancellation that does not finish", async () => {
  const plan = planWith(2, 1);
  const breaks: SimulationScript["breaks"] = (method) =>
    method === "cancel" ? "before" : null;
  const simulation = newSimulation({ lasts: slow, breaks });
  const client = await startClient(simulation, plan);
  await readEvents(client, 10);
  client.interrupt();
  await readEvents(client);
  const canceller = await startClient(simulation, plan, { cancel: true });
  while (true) {
    const { value } = await canceller.events.next();
    if (value.type === "warning") break;
  }
  canceller.interrupt();
  strictEqual(outcomeOf(await readEvents(canceller)), "interrupt");
});

Deno.test("with --cancel-on-interrupt, an interrupt cancels the jobs first", async () => {
  const plan = planWith(2, 1);
  const simulation = newSimulation({ lasts: slow });
  const client = await startClient(simulation, plan, {
    cancelOnInterrupt: true,
  });
  await readEvents(client, 10);
  client.interrupt();
  strictEqual(outcomeOf(await readEvents(client)), "cancel");
  ok(simulation.remote.queue.jobs.every(({ phase }) => phase === "ended"));
});

Deno.test("an interrupt during a slow submit that cancels leaves no active job", async () => {
  const plan = planWith(6, 1);
  const simulation = newSimulation({
    lasts: slow,
    submitting: 5000,
    limits: {
      minPollSeconds: 0.02,
      maxPollSeconds: 2,
      missingGraceSeconds: 0,
      missingGracePolls: 2,
    },
  });
  const client = await startClient(simulation, plan, {
    cancelOnInterrupt: true,
  });
  while (true) {
    const { value } = await client.events.next();
    if (value.type === "jobSubmitted") break;
  }
  client.interrupt();
  strictEqual(outcomeOf(await readEvents(client)), "cancel");
  await simulation.clock.sleep(100_000);
  simulation.remote.queue.advance(simulation.clock.now());
  deepStrictEqual(
    simulation.remote.queue.jobs.filter(({ phase }) => phase !== "ended"),
    [],
  );
});

Deno.test("failing polls do not end a run that cannot be reached for a day", async () => {
  const day = 24 * 3600_000;
  const simulation: Simulation = newSimulation({
    breaks: (method) =>
      method === "poll" && simulation.clock.now() < 1_700_000_000_000 + day
        ? "before"
        : null,
  });
  strictEqual(
    outcomeOf(await runToEnd(simulation, planWith(2, 1))),
    "succeeded",
  );
  isClean(simulation, 2);
});

Deno.test("a backend that cannot be opened is reported, and the run stays open", async () => {
  const simulation = newSimulation();
  const failure = {
    kind: "connection",
    summary: "Cannot reach far",
    detail: "no route to host",
    isRetryable: false,
  } as const;
  const shut: Simulation = {
    ...simulation,
    remote: {
      ...simulation.remote,
      open: () => () => Promise.resolve({ ok: false, error: failure }),
    },
  };
  const [left] = eventsOfType(
    await runToEnd(shut, planWith(1, 1)),
    "sessionEnded",
  );
  deepStrictEqual([left?.reason, left?.failure], ["stopped", failure]);
  strictEqual(
    outcomeOf(await runToEnd(simulation, planWith(1, 1))),
    "succeeded",
  );
});

/** A remote host that does everything wrong that it may, for a while. */
const trouble = fc.record({
  tasks: fc.integer({ min: 1, max: 8 }),
  perJob: fc.integer({ min: 0, max: 3 }),
  retries: fc.nat(2),
  maxJobs: fc.option(fc.integer({ min: 1, max: 3 })),
  dice: fc.array(fc.nat(99), { minLength: 40, maxLength: 40 }),
  recordLag: fc.constantFrom(0, 5000, 100_000),
  latency: fc.constantFrom(1, 50, 2000),
  submitting: fc.constantFrom(1, 500, 5000),
});

Deno.test("whatever the remote host does, nothing is submitted twice and the run ends", async () => {
  await fc.assert(
    fc.asyncProperty(trouble, async ({ dice, ...given }) => {
      const thrown = { count: 0 };
      const throwDice = () => {
        const at = thrown.count++;
        // It calms down, or nothing would ever end.
        return at < 400 ? dice[(at * 7 + (at >> 3)) % dice.length]! : 99;
      };
      const { recordLag, latency, submitting } = given;
      const simulation = newSimulation({
        recordLag,
        latency,
        submitting,
        answers: () =>
          (["queueFull", "unreachable", "taken"] as const)[
            Math.floor(throwDice() / 10)
          ] ??
            "accepted",
        exits: () =>
          ([1, 127, "killed"] as const)[Math.floor(throwDice() / 10)] ?? 0,
        breaks: () => (["before", "after"] as const)[throwDice() >> 3] ?? null,
        shows: () =>
          throwDice() < 10 ? { nativeState: "ZZ", state: null } : undefined,
        blind: () => throwDice() < 20,
      });
      const plan = planWith(given.tasks, given.perJob, {
        machine: { retries: given.retries, maxJobs: given.maxJobs },
      });
      const events = await runToEnd(simulation, plan);
      match(outcomeOf(events), /^(succeeded|failed)$/);
      deepStrictEqual(simulation.remote.queue.violations, []);
      for (const [key, runs] of simulation.remote.queue.runs) {
        const good = runs.filter(({ code }) => code === 0).length;
        ok(good <= 1, `${key} succeeded ${good} times`);
      }
      if (outcomeOf(events) === "succeeded") {
        strictEqual(simulation.remote.queue.runs.size, given.tasks);
      }
      if (given.maxJobs) ok(simulation.remote.mostActive <= given.maxJobs);
    }),
    { numRuns: 300 },
  );
});
