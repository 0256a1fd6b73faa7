import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import { limitsWith } from "../../src/engine/loop.ts";
import type { Event } from "../../src/model/event.ts";
import {
  codes,
  endingOf,
  listen,
  newScene,
  only,
  planWith,
  play,
  type Scene,
  startClient,
} from "../helpers/simulation/mod.ts";
import type { Overrides } from "../helpers/config.ts";
import type {
  Answer,
  FarScript,
  Method,
} from "../helpers/simulation/faults.ts";
import type {
  BackendTraits,
  QueueEntry,
} from "../../src/model/backend_messages.ts";

/** A run in one go. */
async function story(
  script: FarScript,
  plan = planWith(6, 2),
  options: Parameters<typeof play>[2] = {},
) {
  const scene = newScene(script);
  const events = await play(scene, plan, options);
  return { scene, events, ending: endingOf(events) };
}

/** Every task ran once and succeeded, and nothing happened that must not. */
function isClean(scene: Scene, tasks: number): void {
  deepStrictEqual(scene.far.queue.crimes, []);
  const expected = Array.from({ length: tasks }, (_, at) => [`t${at}`, [0]]);
  deepStrictEqual(codes(scene), Object.fromEntries(expected));
}

const indexOf = (events: readonly Event[], type: Event["type"]) =>
  events.findIndex((event) => event.type === type);
const lastOf = (events: readonly Event[], type: Event["type"]) =>
  events.findLastIndex((event) => event.type === type);
const types = (events: readonly Event[]) => events.map(({ type }) => type);

Deno.test("all goes well: every task once, all at home, the far folder gone", async () => {
  const { scene, events, ending } = await story({});
  strictEqual(ending, "succeeded");
  isClean(scene, 6);
  const home = only(events, "collected").flatMap(({ results }) => results);
  deepStrictEqual(home.map(({ task }) => task).sort(), [
    ...["t0", "t1", "t2", "t3", "t4", "t5"],
  ]);
  strictEqual(scene.far.queue.folder, null);
});

Deno.test("staging, submitting and looking cost the same trips for one job as for five hundred", async () => {
  const [one, many] = await Promise.all([1, 500].map(async (jobs) => {
    const { scene } = await story({ submitting: 0 }, planWith(jobs, 1));
    const { collect: _, ...trips } = scene.far.trips;
    return trips;
  }));
  deepStrictEqual(many, one);
});

Deno.test("results come home while others still run, common ones when all have ended", async () => {
  const plan = planWith(2, 1, {}, { commonOutputs: ["all"] });
  const lasts = (task: string) => task === "t0" ? 1000 : 60_000;
  const { events, ending } = await story({ lasts }, plan);
  strictEqual(ending, "succeeded");
  ok(indexOf(events, "collected") < lastOf(events, "taskExited"));
  ok(indexOf(events, "commonCollected") > lastOf(events, "jobEnded"));
  strictEqual(only(events, "commonCollected").length, 1);
});

Deno.test("a task is tried again as often as it may, its neighbours are not", async () => {
  const plan = planWith(3, 3, { machine: { retries: 2 } });
  const { scene, events, ending } = await story(
    { exits: (task) => task === "t1" ? 9 : 0 },
    plan,
  );
  strictEqual(ending, "failed");
  deepStrictEqual(codes(scene), { t0: [0], t1: [9, 9, 9], t2: [0] });
  deepStrictEqual(
    only(events, "taskFailed").map(({ task, code }) => [task, code]),
    [
      ["t1", 9],
    ],
  );
  ok(scene.far.queue.folder !== null);
});

Deno.test("tries are counted for each task by itself", async () => {
  const plan = planWith(4, 2, { machine: { retries: 3 } });
  const { scene, ending } = await story({
    exits: (task, run) => run <= Number(task.slice(1)) ? 1 : 0,
  }, plan);
  strictEqual(ending, "succeeded");
  deepStrictEqual(codes(scene), {
    t0: [0],
    t1: [1, 0],
    t2: [1, 1, 0],
    t3: [1, 1, 1, 0],
  });
});

Deno.test("a command that cannot be run is run once", async () => {
  for (const code of [126, 127]) {
    const { scene, ending } = await story(
      { exits: () => code },
      planWith(1, 1),
    );
    deepStrictEqual([ending, codes(scene)], ["failed", { t0: [code] }]);
  }
});

Deno.test("a job that dies without a word loses only what had not ended", async () => {
  const { scene, events, ending } = await story({
    exits: (task, run) => task === "t1" && run === 1 ? "killed" : 0,
  }, planWith(3, 3));
  strictEqual(ending, "succeeded");
  deepStrictEqual(codes(scene), { t0: [0], t1: [null, 0], t2: [0] });
  deepStrictEqual(
    only(events, "jobEnded").map(({ reason }) => reason.kind),
    [
      "disappeared",
      "completed",
    ],
  );
  deepStrictEqual(scene.far.queue.crimes, []);
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

Deno.test("a job that the queue does not show for a while is not taken for dead", async () => {
  const { scene, events, ending } = await story({
    lasts: slow,
    shows: during(50, 140, null),
  }, planWith(2, 1));
  strictEqual(ending, "succeeded");
  isClean(scene, 2);
  ok(only(events, "jobsNotListed").length > 0);
});

Deno.test("records that come late are waited for", async () => {
  const { scene, ending } = await story({ recordLag: 90_000 }, planWith(4, 2));
  strictEqual(ending, "succeeded");
  isClean(scene, 4);
});

Deno.test("a queue that cannot be read says nothing about who is gone", async () => {
  const { scene, ending } = await story(
    { lasts: slow, shows: () => null, blind: () => true },
    planWith(2, 1),
  );
  strictEqual(ending, "succeeded");
  isClean(scene, 2);
});

Deno.test("a word that nobody knows is warned of once and asked about until the end", async () => {
  const { scene, events, ending } = await story({
    lasts: slow,
    shows: during(20, 190, { nativeState: "ZZ", state: null }),
  }, planWith(3, 1));
  strictEqual(ending, "succeeded");
  isClean(scene, 3);
  strictEqual(only(events, "warning").length, 1);
});

Deno.test("a full scheduler is waited for, and everything is handed over in the end", async () => {
  const answers = (_: unknown, n: number): Answer =>
    n > 2 && n < 9 ? "queueFull" : "accepted";
  const { scene, events, ending } = await story({ answers }, planWith(6, 1));
  strictEqual(ending, "succeeded");
  isClean(scene, 6);
  ok(only(events, "jobRejected").length > 0);
});

Deno.test("a scheduler that is full while nothing lives is asked again after the wait", async () => {
  const answers = (_: unknown, n: number): Answer =>
    n < 3 ? "queueFull" : "accepted";
  const { scene, events, ending } = await story({ answers }, planWith(1, 1));
  strictEqual(ending, "succeeded");
  isClean(scene, 1);
  const tries = only(events, "jobRejected").map(({ time }) => time);
  ok(tries[1]! - tries[0]! >= 60);
});

Deno.test("how long a full scheduler is left alone, how often jobs are looked at and when they count as gone is the user's to say", async () => {
  const full = (_: unknown, n: number): Answer =>
    n < 3 ? "queueFull" : "accepted";
  const waited = await story(
    { answers: full },
    planWith(1, 1, { machine: { fullWaitSeconds: 7 } }),
  );
  const tries = only(waited.events, "jobRejected").map(({ time }) => time);
  const wait = tries[1]! - tries[0]!;
  ok(wait >= 7 && wait < 8, `${wait} s`);

  const looks = async (machine: Overrides["machine"] = {}) => {
    const plan = planWith(1, 1, { machine });
    return (await story({ lasts: slow }, plan)).scene.far.trips.poll;
  };
  const [most, usual, fewest] = [
    await looks({ pollIntervalSeconds: 0.5, maxPollIntervalSeconds: 0.5 }),
    await looks(),
    await looks({ pollIntervalSeconds: 100 }),
  ];
  ok(most > 350 && usual < 60 && fewest <= 4, `${[most, usual, fewest]}`);

  const gone = async (machine: Overrides["machine"] = {}) => {
    const { events } = await story(
      { exits: (_, run) => run === 1 ? "killed" : 0 },
      planWith(1, 1, { machine }),
    );
    const at = (type: Event["type"]) => events[indexOf(events, type)]!.time;
    return at("jobEnded") - at("jobsNotListed");
  };
  const [soon, later] = [await gone({ missingGraceSeconds: 20 }), await gone()];
  ok(soon >= 20 && soon < 60 && later >= 120, `${[soon, later]}`);
});

Deno.test("of the times between two looks the longer is never the shorter one", () => {
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

Deno.test("no more jobs live at once than were asked for", async () => {
  const plan = planWith(9, 1, { machine: { maxJobs: 2 } });
  const { scene, ending } = await story({}, plan);
  strictEqual(ending, "succeeded");
  isClean(scene, 9);
  strictEqual(scene.far.most, 2);
});

/** The first session is told no, again and again. */
const noAtFirst = (_: unknown, n: number): Answer =>
  n <= 3 ? "rejected" : "accepted";

Deno.test("where all jobs are refused the run stops; the same command goes on", async () => {
  const plan = planWith(6, 2);
  const { scene, events, ending } = await story({ answers: noAtFirst }, plan);
  strictEqual(ending, "stopped");
  const [left] = only(events, "sessionEnded");
  deepStrictEqual([left?.failure?.kind, left?.failure?.detail], [
    "scheduler",
    "sbatch: rejected",
  ]);
  strictEqual(only(events, "jobSubmitted").length, 0);
  strictEqual(endingOf(await play(scene, plan)), "succeeded");
  isClean(scene, 6);
});

Deno.test("where the first job is refused and others are taken, its tasks are handed over anew", async () => {
  const answers = (_: unknown, n: number): Answer =>
    n === 1 ? "rejected" : "accepted";
  const { scene, events, ending } = await story({ answers }, planWith(6, 2));
  strictEqual(ending, "succeeded");
  strictEqual(only(events, "jobSubmitted").length, 3);
  isClean(scene, 6);
});

Deno.test("what is handed over after the text of the script has changed is staged anew", async () => {
  const plan = planWith(6, 2);
  const { scene, ending } = await story({ answers: noAtFirst }, plan);
  strictEqual(ending, "stopped");
  const mended = { ...plan, script: { name: "script_2.py", text: "" } };
  const events = await play(scene, mended);
  strictEqual(endingOf(events), "succeeded");
  const staged = only(events, "staged").flatMap(({ tasks }) => tasks);
  deepStrictEqual(staged.toSorted(), ["t0", "t1", "t2", "t3", "t4", "t5"]);
  ok(indexOf(events, "staged") < indexOf(events, "jobCreated"));
  isClean(scene, 6);
});

Deno.test("the same text of the script is not staged anew", async () => {
  const plan = planWith(6, 2);
  const { scene } = await story({ answers: noAtFirst }, plan);
  deepStrictEqual(only(await play(scene, plan), "staged"), []);
});

Deno.test("a job that is refused while others are taken is one failure; the same command tries it again", async () => {
  const answers = (_: unknown, n: number): Answer =>
    n === 2 ? "rejected" : "accepted";
  const plan = planWith(6, 2);
  const { scene, events, ending } = await story({ answers }, plan);
  strictEqual(ending, "failed");
  deepStrictEqual(
    only(events, "jobEnded").filter(({ reason }) => reason.kind === "rejected")
      .map(({ reason }) => reason.message),
    ["sbatch: rejected"],
  );
  strictEqual(only(events, "taskFailed").length, 2);
  strictEqual(endingOf(await play(scene, plan)), "succeeded");
  isClean(scene, 6);
});

for (const answer of ["taken", "unreachable"] as const) {
  Deno.test(`an answer that nobody can read is settled before anything is packed anew: the job was ${answer}`, async () => {
    const answers = (_: unknown, n: number): Answer =>
      n === 2 ? answer : "accepted";
    const { scene, events, ending } = await story({ answers });
    strictEqual(ending, "succeeded");
    isClean(scene, 6);
    strictEqual(scene.far.trips.reconcile, 1);
    const later = events.slice(indexOf(events, "jobUnconfirmed"));
    const settled = later.findIndex(({ type }) =>
      type === (answer === "taken" ? "jobSubmitted" : "jobFenced")
    );
    ok(!types(later.slice(0, settled)).includes("jobCreated"));
  });
}

Deno.test("when the connection breaks during a submit, what it handed over is found and not handed over again", async () => {
  for (const when of ["before", "after"] as const) {
    const { scene, ending } = await story({
      waits: () => 100_000,
      breaks: (method, n) => method === "submit" && n === 1 ? when : null,
    }, planWith(8, 2));
    strictEqual(ending, "succeeded", when);
    isClean(scene, 8);
  }
});

Deno.test("whatever trip fails once, the run goes on", async () => {
  const methods: readonly Method[] = [
    ...["inspect", "stage", "submit", "poll", "collect", "clean"] as const,
  ];
  for (const method of methods) {
    for (const when of ["before", "after"] as const) {
      const plan = planWith(4, 2, {}, { commonOutputs: ["all"] });
      const { scene, ending } = await story({
        breaks: (asked, n) => asked === method && n === 1 ? when : null,
      }, plan);
      strictEqual(ending, "succeeded", `${method} ${when}`);
      isClean(scene, 4);
    }
  }
});

Deno.test("few enough unfinished tasks are done without", async () => {
  const strategy = {
    gpuPerTask: false,
    unfinishedRatio: 0.25,
    headerTemplate: null,
  };
  const plan = planWith(4, 1, { resources: { strategy } });
  const lasts = (task: string) => task === "t3" ? 1e7 : 1000;
  const { scene, events, ending } = await story({ lasts }, plan);
  strictEqual(ending, "succeeded");
  deepStrictEqual(only(events, "runFinished")[0]?.cancelled, 1);
  deepStrictEqual(codes(scene), { t0: [0], t1: [0], t2: [0], t3: [null] });
  strictEqual(scene.far.queue.jobs.at(-1)!.phase, "ended");
});

Deno.test("fail-fast cancels the others once a task has failed for good; the same command runs them all", async () => {
  const plan = planWith(3, 1, { machine: { retries: 0 } });
  const script: FarScript = {
    lasts: (task) => task === "t0" ? 1000 : 1e6,
    exits: (task, run) => task === "t0" && run === 1 ? 1 : 0,
  };
  const { scene, events, ending } = await story(script, plan, {
    failFast: true,
  });
  strictEqual(ending, "failed");
  strictEqual(only(events, "runFinished")[0]?.cancelled, 2);
  ok(scene.far.queue.jobs.every(({ phase }) => phase === "ended"));
  strictEqual(endingOf(await play(scene, plan)), "succeeded");
  deepStrictEqual(codes(scene), { t0: [1, 0], t1: [null, 0], t2: [null, 0] });
});

Deno.test("a dry run stages and submits nothing; the run after it stages nothing again", async () => {
  const plan = planWith(4, 2);
  const { scene, ending } = await story({}, plan, { dryRun: true });
  strictEqual(ending, "dryRun");
  deepStrictEqual([scene.far.trips.stage, scene.far.trips.submit], [1, 0]);
  strictEqual(endingOf(await play(scene, plan)), "succeeded");
  strictEqual(scene.far.trips.stage, 1);
  isClean(scene, 4);
});

Deno.test("exit-on-submit leaves the jobs to themselves, and the same command brings them home", async () => {
  const plan = planWith(4, 1);
  const { scene, ending } = await story({}, plan, { exitOnSubmit: true });
  strictEqual(ending, "exitOnSubmit");
  deepStrictEqual([scene.far.queue.jobs.length, scene.far.trips.poll], [4, 0]);
  strictEqual(endingOf(await play(scene, plan)), "succeeded");
  isClean(scene, 4);
});

Deno.test("exit-on-submit leaves when no more may be handed over; the next time hands over the rest", async () => {
  const plan = planWith(5, 1, { machine: { maxJobs: 2 } });
  const { scene } = await story({}, plan, { exitOnSubmit: true });
  strictEqual(scene.far.queue.jobs.length, 2);
  strictEqual(endingOf(await play(scene, plan)), "succeeded");
  isClean(scene, 5);
  strictEqual(scene.far.most, 2);
});

Deno.test("cancel ends what lives; what was done stays done and the rest runs the next time", async () => {
  const plan = planWith(3, 1);
  const lasts = (task: string) => task === "t0" ? 1000 : 100_000;
  const scene = newScene({ lasts });
  const client = await startClient(scene, plan);
  while (true) {
    const { value } = await client.events.next();
    if (value.type === "collected") break;
  }
  client.interrupt();
  strictEqual(endingOf(await listen(client)), "interrupt");
  const events = await play(scene, plan, { cancel: true });
  strictEqual(endingOf(events), "cancel");
  ok(scene.far.queue.jobs.every(({ phase }) => phase === "ended"));
  strictEqual(endingOf(await play(scene, plan)), "succeeded");
  deepStrictEqual(codes(scene), { t0: [0], t1: [null, 0], t2: [null, 0] });
  deepStrictEqual(scene.far.queue.crimes, []);
});

Deno.test("an interrupt leaves at once and the jobs go on", async () => {
  const plan = planWith(2, 1);
  const scene = newScene({ lasts: slow });
  const client = await startClient(scene, plan);
  await listen(client, 10);
  client.interrupt();
  const before = scene.clock.now();
  strictEqual(endingOf(await listen(client)), "interrupt");
  ok(scene.clock.now() - before < 1000);
  ok(scene.far.queue.jobs.every(({ phase }) => phase !== "ended"));
  strictEqual(scene.far.queue.folder!.lease, null);
  strictEqual(endingOf(await play(scene, plan)), "succeeded");
  isClean(scene, 2);
});

Deno.test("an interrupt ends a cancellation that does not come to its end", async () => {
  const plan = planWith(2, 1);
  const breaks: FarScript["breaks"] = (method) =>
    method === "cancel" ? "before" : null;
  const scene = newScene({ lasts: slow, breaks });
  const client = await startClient(scene, plan);
  await listen(client, 10);
  client.interrupt();
  await listen(client);
  const canceller = await startClient(scene, plan, { cancel: true });
  while (true) {
    const { value } = await canceller.events.next();
    if (value.type === "warning") break;
  }
  canceller.interrupt();
  strictEqual(endingOf(await listen(canceller)), "interrupt");
});

Deno.test("where it was asked for, an interrupt cancels the jobs first", async () => {
  const plan = planWith(2, 1);
  const scene = newScene({ lasts: slow });
  const client = await startClient(scene, plan, { cancelOnInterrupt: true });
  await listen(client, 10);
  client.interrupt();
  strictEqual(endingOf(await listen(client)), "cancel");
  ok(scene.far.queue.jobs.every(({ phase }) => phase === "ended"));
});

Deno.test("an interrupt during a slow submit that cancels leaves no job behind", async () => {
  const plan = planWith(6, 1);
  const scene = newScene({
    lasts: slow,
    submitting: 5000,
    limits: {
      minPollSeconds: 0.02,
      maxPollSeconds: 2,
      missingGraceSeconds: 0,
      missingGracePolls: 2,
    },
  });
  const client = await startClient(scene, plan, { cancelOnInterrupt: true });
  while (true) {
    const { value } = await client.events.next();
    if (value.type === "jobSubmitted") break;
  }
  client.interrupt();
  strictEqual(endingOf(await listen(client)), "cancel");
  await scene.clock.sleep(100_000);
  scene.far.queue.advance(scene.clock.now());
  deepStrictEqual(
    scene.far.queue.jobs.filter(({ phase }) => phase !== "ended"),
    [],
  );
});

Deno.test("a failing look does not end a run that nobody can reach for a day", async () => {
  const day = 24 * 3600_000;
  const scene: Scene = newScene({
    breaks: (method) =>
      method === "poll" && scene.clock.now() < 1_700_000_000_000 + day
        ? "before"
        : null,
  });
  strictEqual(endingOf(await play(scene, planWith(2, 1))), "succeeded");
  isClean(scene, 2);
});

Deno.test("a backend that cannot be opened is told, and the run stays open", async () => {
  const scene = newScene();
  const failure = {
    kind: "connection",
    summary: "Cannot reach far",
    detail: "no route to host",
    isRetryable: false,
  } as const;
  const shut: Scene = {
    ...scene,
    far: {
      ...scene.far,
      open: () => () => Promise.resolve({ ok: false, error: failure }),
    },
  };
  const [left] = only(await play(shut, planWith(1, 1)), "sessionEnded");
  deepStrictEqual([left?.reason, left?.failure], ["stopped", failure]);
  strictEqual(endingOf(await play(scene, planWith(1, 1))), "succeeded");
});

/** A far side that does everything wrong that it may, for a while. */
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

Deno.test("whatever the far side does, nothing is handed over twice and the run ends", async () => {
  await fc.assert(
    fc.asyncProperty(trouble, async ({ dice, ...given }) => {
      const thrown = { count: 0 };
      const throwDice = () => {
        const at = thrown.count++;
        // It calms down, or nothing would ever end.
        return at < 400 ? dice[(at * 7 + (at >> 3)) % dice.length]! : 99;
      };
      const { recordLag, latency, submitting } = given;
      const scene = newScene({
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
      const events = await play(scene, plan);
      match(endingOf(events), /^(succeeded|failed)$/);
      deepStrictEqual(scene.far.queue.crimes, []);
      for (const [key, runs] of scene.far.queue.runs) {
        const good = runs.filter(({ code }) => code === 0).length;
        ok(good <= 1, `${key} succeeded ${good} times`);
      }
      if (endingOf(events) === "succeeded") {
        strictEqual(scene.far.queue.runs.size, given.tasks);
      }
      if (given.maxJobs) ok(scene.far.most <= given.maxJobs);
    }),
    { numRuns: 300 },
  );
});
