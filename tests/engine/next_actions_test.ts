import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { eventAt, type EventData } from "../../src/model/event.ts";
import { deriveEvents } from "../../src/engine/derive_events.ts";
import { nextActions } from "../../src/engine/next_actions.ts";
import type { Action, Lane } from "../../src/engine/action.ts";
import { resumeState, type RunState } from "../../src/model/run_state/mod.ts";
import { plainWishes, planWith } from "../helpers/simulation/mod.ts";
import {
  began,
  fold,
  handedOver,
  keysOf,
  NOON,
  packed,
  progressOf,
  ran,
  restaged,
  runFinished,
  surveyed,
} from "../helpers/events.ts";
import type { RunOptions } from "../../src/model/run_options.ts";
import type { LaneTimes, RunLimits } from "../../src/engine/run_limits.ts";

const limits: RunLimits = {
  maxActiveJobs: Infinity,
  submitAhead: 0,
  maxTasksPerJob: Infinity,
  minPollMs: 1000,
  maxPollMs: 30_000,
  retryWhenFullMs: 60_000,
};

interface Asked {
  readonly plan?: ReturnType<typeof planWith>;
  readonly wishes?: Partial<RunOptions>;
  readonly pace?: Partial<RunLimits>;
  readonly now?: number;
  readonly polledAt?: number;
  readonly collectedAt?: number;
  readonly stirred?: boolean;
  readonly busy?: readonly Lane[];
}

function decided(state: RunState, asked: Asked = {}): readonly EventData[] {
  return deriveEvents(
    state,
    asked.plan ?? planWith(state.tasks.size, 3),
    { ...plainWishes, ...asked.wishes },
    { ...limits, ...asked.pace },
    { now: asked.now ?? NOON, busy: new Set(asked.busy) },
  );
}

function asks(state: RunState, asked: Asked = {}) {
  const clock: LaneTimes = {
    now: asked.now ?? NOON,
    polledAt: asked.polledAt ?? null,
    collectedAt: asked.collectedAt ?? null,
    hasRemoteChange: asked.stirred ?? false,
    busy: new Set(asked.busy),
  };
  return nextActions(
    state,
    asked.plan ?? planWith(state.tasks.size, 3),
    { ...plainWishes, ...asked.wishes },
    { ...limits, ...asked.pace },
    clock,
  );
}

function stepOf<D extends Action["do"]>(
  state: RunState,
  what: D,
  asked: Asked = {},
): Extract<Action, { do: D }> | undefined {
  return asks(state, asked).actions.find((
    action,
  ): action is Extract<Action, { do: D }> => action.do === what);
}

const jobsIn = (events: readonly EventData[]) =>
  events.flatMap((each) => each.type === "jobCreated" ? [each] : []);

const ended = (job: string): EventData => ({
  type: "jobEnded",
  job,
  reason: { kind: "completed" },
});

/** One job with all tasks, of which the first `done` succeeded. */
function partly(count: number, done: number): RunState {
  const keys = keysOf(count);
  return progressOf(keys, [
    ...handedOver("j0", keys),
    ...keys.slice(0, done).flatMap((key) => ran("j0", key, 0)),
  ]);
}

Deno.test("nothing is decided and nothing asked before the far side has told what it knows", () => {
  const state = progressOf(keysOf(2));
  fold(state, [{ type: "sessionStarted", pid: 2, host: "here" }]);
  deepStrictEqual(decided(state), []);
  deepStrictEqual(asks(state), {
    actions: [{ lane: "submit", do: "inspect" }],
    wake: null,
  });
});

Deno.test("free tasks are packed once they are staged, in jobs of the wanted size", () => {
  const state = progressOf(keysOf(7));
  fold(state, restaged(keysOf(6)));
  const jobs = jobsIn(decided(state));
  deepStrictEqual(jobs.map(({ tasks }) => tasks), [
    ["t0", "t2", "t4"],
    ["t1", "t3", "t5"],
  ]);
  deepStrictEqual(stepOf(state, "stage")?.tasks, ["t6"]);
});

Deno.test("a packed job whose tasks are not staged any more is staged, not handed over", () => {
  const state = progressOf(keysOf(3), [
    packed("a", ["t0"]),
    packed("b", ["t1", "t2"]),
  ]);
  strictEqual(stepOf(state, "stage"), undefined);
  const opened = {
    type: "sessionStarted",
    pid: 1,
    host: "here",
  } as const;
  fold(state, [{ ...opened, scriptCopy: "script_2.py" }, surveyed()]);
  deepStrictEqual(stepOf(state, "stage")?.tasks, ["t0", "t1", "t2"]);
  strictEqual(stepOf(state, "submit"), undefined);
});

Deno.test("a job's name fits what every queue shows, and no two of a run are alike", () => {
  const state = progressOf(keysOf(50));
  const plan = planWith(50, 1);
  const first = jobsIn(decided(state, { plan })).map(({ job }) => job);
  fold(
    state,
    first.flatMap((job, at) => [
      packed(job, [`t${at}`]),
      { type: "jobFenced", job } as const,
    ]),
  );
  const second = jobsIn(decided(state, { plan })).map(({ job }) => job);
  strictEqual(new Set([...first, ...second]).size, 100);
  for (const name of [...first, ...second]) {
    match(name, /^[a-z][a-z0-9]{1,14}$/);
  }
});

Deno.test("a name is never used again, not even where the journal lost jobs in between", () => {
  const mark = "mmmmmmm1";
  // What the far side still knows: the first job and, after a gap, the tenth.
  const state = progressOf(keysOf(1), [
    packed(`d${mark}0`, ["t0"]),
    { type: "jobFenced", job: `d${mark}0` },
    packed(`d${mark}z`, ["t0"]),
    { type: "jobFenced", job: `d${mark}z` },
  ]);
  deepStrictEqual(jobsIn(decided(state)).map(({ job }) => job), [
    `d${mark}10`,
  ]);
});

Deno.test("a job names the earlier ones that its tasks come from", () => {
  const state = progressOf(keysOf(2), [
    ...handedOver("j0", ["t0", "t1"]),
    ...ran("j0", "t0", 1),
    ...ran("j0", "t1", 1),
    ended("j0"),
  ]);
  const [job] = jobsIn(decided(state, { now: NOON + 60_000 }));
  deepStrictEqual([job?.supersedes, job?.tasks], [["j0"], ["t0", "t1"]]);
});

Deno.test("a task rests before it is tried again, and the loop wakes for it", () => {
  const state = progressOf(["t0"], [
    ...handedOver("j0", ["t0"]),
    ...ran("j0", "t0", 1),
    ended("j0"),
  ]);
  const { retryAt } = state.tasks.get("t0")!;
  deepStrictEqual(decided(state, { now: retryAt - 1 }), []);
  strictEqual(asks(state).wake, retryAt);
  strictEqual(jobsIn(decided(state, { now: retryAt })).length, 1);
});

Deno.test("a task is given up after its retries, not before", () => {
  const plan = planWith(1, 1, { machine: { retries: 2 } });
  const state = progressOf(["t0"]);
  const told = [0, 1, 2].map((at) => {
    fold(state, [
      ...handedOver(`j${at}`, ["t0"]),
      ...ran(`j${at}`, "t0", 3),
      ended(`j${at}`),
    ]);
    return decided(state, { plan, now: NOON + 100_000 })[0]?.type;
  });
  deepStrictEqual(told, ["jobCreated", "jobCreated", "taskFailed"]);
});

Deno.test("five losses by the scheduler are free, the sixth is not", () => {
  const plan = planWith(1, 1, { machine: { retries: 0 } });
  const state = progressOf(["t0"]);
  const told = Array.from({ length: 6 }, (_, at) => {
    fold(state, [
      ...handedOver(`j${at}`, ["t0"]),
      { type: "taskStarted", job: `j${at}`, task: "t0", remoteTime: 1 },
      { type: "jobEnded", job: `j${at}`, reason: { kind: "preempted" } },
    ]);
    return decided(state, { plan, now: NOON + 100_000 })[0]?.type;
  });
  deepStrictEqual(told, [
    ...[
      "jobCreated",
      "jobCreated",
      "jobCreated",
      "jobCreated",
      "jobCreated",
      "taskFailed",
    ],
  ]);
});

Deno.test("the rest is cancelled once few enough tasks are unfinished", () => {
  const plan = planWith(10, 0, {
    resources: {
      strategy: {
        gpuPerTask: false,
        unfinishedRatio: 0.2,
        headerTemplate: null,
      },
    },
  });
  deepStrictEqual(decided(partly(10, 7), { plan }), []);
  deepStrictEqual(decided(partly(10, 8), { plan }), [
    { type: "cancelRequested", reason: "ratio", jobs: ["j0"] },
  ]);
});

Deno.test("fail-fast cancels when a task was given up, not at its first failure", () => {
  const wishes = { failFast: true };
  const state = progressOf(keysOf(2), [
    ...handedOver("j0", ["t0"]),
    ...handedOver("j1", ["t1"]),
    ...ran("j0", "t0", 127),
  ]);
  deepStrictEqual(decided(state, { wishes }), []);
  fold(state, [ended("j0")]);
  strictEqual(decided(state, { wishes })[0]?.type, "taskFailed");
  fold(state, [{ type: "taskFailed", task: "t0", code: 127 }]);
  deepStrictEqual(decided(state, { wishes }), [
    { type: "cancelRequested", reason: "failFast", jobs: ["j1"] },
  ]);
});

Deno.test("no more jobs than max_jobs live at once", () => {
  const keys = keysOf(6);
  const state = progressOf(keys, [
    ...handedOver("j0", ["t0"]),
    ...keys.slice(1).map((key) => packed(`p${key}`, [key])),
  ]);
  const room = (slots: number) =>
    stepOf(state, "submit", { pace: { maxActiveJobs: slots } })?.jobs.length;
  deepStrictEqual([room(1), room(3), room(Infinity)], [undefined, 2, 5]);
});

Deno.test("a submit is handed more than there is room for where the backend waits by itself, but not by who only hands over", () => {
  const keys = keysOf(6);
  const state = progressOf(
    keys,
    keys.map((key) => packed(`p${key}`, [key])),
  );
  const handed = (options: Partial<RunOptions>) =>
    stepOf(state, "submit", {
      pace: { maxActiveJobs: 2, submitAhead: 3 },
      wishes: options,
    });
  strictEqual(handed({})?.jobs.length, 5);
  strictEqual(handed({})?.slots, 2);
  strictEqual(handed({ exitOnSubmit: true })?.jobs.length, 2);
});

Deno.test("a full scheduler is asked again when something has moved or the wait is over", () => {
  const full: EventData = {
    type: "jobRejected",
    job: "j1",
    isQueueFull: true,
    message: "",
  };
  const state = progressOf(keysOf(2), [
    ...handedOver("j0", ["t0"]),
    packed("j1", ["t1"]),
    full,
  ]);
  strictEqual(stepOf(state, "submit"), undefined);
  strictEqual(
    asks(state, { pace: { maxPollMs: 1e9, minPollMs: 1e9 } }).wake,
    NOON + 60_000,
  );
  ok(stepOf(state, "submit", { now: NOON + 60_000 }));
  fold(state, [ended("j0")], NOON + 5);
  ok(stepOf(state, "submit", { now: NOON + 6 }));
});

Deno.test("while nobody knows what became of a job, nothing else is packed or handed over", () => {
  const state = progressOf(keysOf(3), [
    packed("j0", ["t0"]),
    packed("j1", ["t1"]),
    { type: "jobUnconfirmed", job: "j0" },
  ]);
  deepStrictEqual(jobsIn(decided(state)), []);
  deepStrictEqual(asks(state).actions, [{ lane: "submit", do: "inspect" }]);
  fold(state, [surveyed()]);
  deepStrictEqual(stepOf(state, "reconcile")?.jobs, ["j0"]);
  strictEqual(stepOf(state, "submit"), undefined);
});

Deno.test("beside living jobs whose folder is gone nothing is staged, packed or handed over", () => {
  const state = progressOf(keysOf(3), [
    ...handedOver("j0", ["t0"]),
    packed("j1", ["t1"]),
    { type: "resultsLost", tasks: [] },
    surveyed(false),
  ]);
  const actions = asks(state, { now: NOON + 1000 }).actions;
  deepStrictEqual(actions.map((action) => action.do), ["poll"]);
  deepStrictEqual(decided(state), []);
  fold(state, [ended("j0")]);
  ok(stepOf(state, "stage", { now: NOON + 1000 }));
});

Deno.test("looks come at the floor while things move, and less often the longer nothing does", () => {
  const state = progressOf(["t0"], handedOver("j0", ["t0"]));
  const wake = (polledAt: number, now: number) =>
    asks(state, { polledAt, now }).wake! - polledAt;
  strictEqual(wake(NOON, NOON), 1000);
  strictEqual(wake(NOON + 80_000, NOON + 80_000), 10_000);
  strictEqual(wake(NOON + 8e6, NOON + 8e6), 30_000);
  strictEqual(
    stepOf(state, "poll", { polledAt: NOON, now: NOON + 999 }),
    undefined,
  );
  ok(stepOf(state, "poll", { polledAt: NOON, now: NOON + 1000 }));
});

Deno.test("where somebody tells that something moved, the next look comes at the floor", () => {
  const state = progressOf(["t0"], handedOver("j0", ["t0"]));
  const now = NOON + 1e6;
  const action = (polledAt: number, stirred: boolean) =>
    stepOf(state, "poll", { now, polledAt, stirred });
  strictEqual(action(now - 1000, false), undefined);
  strictEqual(action(now - 999, true), undefined);
  ok(action(now - 1000, true));
});

Deno.test("jobs that keep coming to life do not put off the first look", () => {
  const state = progressOf(keysOf(3));
  for (const at of [0, 1, 2]) {
    fold(state, handedOver(`j${at}`, [`t${at}`]), NOON + 600 * at);
  }
  strictEqual(stepOf(state, "poll", { now: NOON + 999 }), undefined);
  ok(stepOf(state, "poll", { now: NOON + 1200 }));
});

Deno.test("without living jobs nobody looks", () => {
  const state = progressOf(["t0"], [packed("j0", ["t0"])]);
  strictEqual(stepOf(state, "poll", { now: NOON + 1e9 }), undefined);
});

Deno.test("results are brought home as tasks end, common ones when all are over", () => {
  const plan = planWith(2, 1, {}, { commonOutputs: ["all"] });
  const state = progressOf(keysOf(2), [
    ...handedOver("j0", ["t0", "t1"]),
    ...ran("j0", "t0", 0),
  ]);
  const collect = () =>
    asks(state, { plan }).actions.find(({ lane }) => lane === "collect");
  deepStrictEqual(collect(), { lane: "collect", do: "collect", tasks: ["t0"] });
  fold(state, [{
    type: "collected",
    results: [{ task: "t0", files: [], missing: [] }],
  }]);
  strictEqual(collect(), undefined);
  fold(state, [...ran("j0", "t1", 0), ended("j0"), {
    type: "collected",
    results: [{ task: "t1", files: [], missing: [] }],
  }]);
  deepStrictEqual(collect(), { lane: "collect", do: "collectCommon" });
  deepStrictEqual(decided(state, { plan }), []);
});

/** Both tasks done and at home. */
function home(missing: readonly string[] = []): RunState {
  return progressOf(keysOf(2), [
    ...handedOver("j0", ["t0", "t1"]),
    ...ran("j0", "t0", 0),
    ...ran("j0", "t1", 0),
    ended("j0"),
    {
      type: "collected",
      results: keysOf(2).map((task) => ({ task, files: [], missing })),
    },
  ]);
}

Deno.test("the far folder goes before the last word, unless it is to stay", () => {
  const done = runFinished("succeeded", { succeeded: 2 });
  const state = home();
  ok(stepOf(state, "clean"));
  deepStrictEqual(decided(state), []);
  strictEqual(
    stepOf(state, "clean", { wishes: { keepRemoteDir: true } }),
    undefined,
  );
  deepStrictEqual(decided(state, { wishes: { keepRemoteDir: true } }), [
    done,
  ]);
  fold(state, [{ type: "cleaned" }]);
  deepStrictEqual(decided(state), [done]);
});

Deno.test("a run with missing results has failed, and its folder stays", () => {
  const state = home(["out"]);
  strictEqual(stepOf(state, "clean"), undefined);
  deepStrictEqual(decided(state), [
    runFinished("failed", { succeeded: 2, missingResults: 2 }),
  ]);
});

Deno.test("missing common results fail a run like those of a task", () => {
  const plan = planWith(2, 3, {}, { commonOutputs: ["all"] });
  const state = home();
  fold(state, [{
    type: "commonCollected",
    result: { files: [], missing: ["all"] },
  }]);
  deepStrictEqual(decided(state, { plan, now: NOON + 2500 }), [
    runFinished("failed", { succeeded: 2, duration: 2.5 }),
  ]);
});

Deno.test("the logs of what failed come home before the last word", () => {
  const state = progressOf(["t0"], [
    ...handedOver("j0", ["t0"]),
    ...ran("j0", "t0", 127),
    ended("j0"),
    { type: "taskFailed", task: "t0", code: 127 },
  ]);
  deepStrictEqual(decided(state), []);
  deepStrictEqual(stepOf(state, "collect")?.tasks, ["t0"]);
});

Deno.test("a dry run stages and leaves", () => {
  const state = progressOf(keysOf(3));
  const wishes = { dryRun: true };
  deepStrictEqual(decided(state, { wishes }), [
    { type: "sessionEnded", reason: "dryRun" },
  ]);
  fold(state, restaged(["t1", "t2"]));
  deepStrictEqual(decided(state, { wishes }), []);
  deepStrictEqual(asks(state, { wishes }).actions.map((action) => action.do), [
    "stage",
  ]);
});

Deno.test("exit-on-submit leaves when all is handed over, or no more can be", () => {
  const wishes = { exitOnSubmit: true };
  const left: readonly EventData[] = [{
    type: "sessionEnded",
    reason: "exitOnSubmit",
  }];
  const state = progressOf(keysOf(2), [
    ...handedOver("j0", ["t0"]),
    packed("j1", ["t1"]),
  ]);
  deepStrictEqual(decided(state, { wishes }), []);
  deepStrictEqual(
    decided(state, { wishes, pace: { maxActiveJobs: 1 } }),
    left,
  );
  fold(state, [{ type: "jobSubmitted", job: "j1", id: "1" }]);
  deepStrictEqual(decided(state, { wishes }), left);
});

Deno.test("exit-on-submit waits for tasks that rest before their next try", () => {
  const state = progressOf(keysOf(1), [
    ...handedOver("j0", ["t0"]),
    ...ran("j0", "t0", 1),
    ended("j0"),
    { type: "sessionEnded", reason: "interrupt" },
  ]);
  deepStrictEqual(decided(state, { wishes: { exitOnSubmit: true } }), []);
});

Deno.test("what comes to life while everything is cancelled is cancelled too", () => {
  const state = progressOf(keysOf(2), [
    ...handedOver("j0", ["t0"]),
    packed("j1", ["t1"]),
    { type: "cancelRequested", reason: "cancel", jobs: ["j0"] },
    { type: "jobSubmitted", job: "j1", id: "1" },
  ]);
  deepStrictEqual(stepOf(state, "cancel")?.jobs, ["j0", "j1"]);
  strictEqual(stepOf(state, "submit"), undefined);
});

Deno.test("an outdated job is cancelled when all it still computes is wanted no more", () => {
  const past = [began(), ...handedOver("j0", ["t0", "old"])];
  const state = resumeState(
    past.map((each) => eventAt(each, NOON)),
    ["t0", "new"],
  );
  fold(state, [surveyed()]);
  deepStrictEqual(decided(state), []);
  fold(state, ran("j0", "t0", 0));
  deepStrictEqual(decided(state), [
    { type: "cancelRequested", reason: "outdated", jobs: ["j0"] },
  ]);
});

Deno.test("a finished run asks for nothing", () => {
  const state = home();
  fold(state, [runFinished("succeeded")]);
  deepStrictEqual(asks(state), { actions: [], wake: null });
  deepStrictEqual(decided(state), []);
});

Deno.test("while something may still be handed over, no last word is said and nothing cleaned", () => {
  const busy = ["submit"] as const;
  const wishes = { keepRemoteDir: true };
  const state = home();
  strictEqual(decided(state, { wishes })[0]?.type, "runFinished");
  deepStrictEqual(decided(state, { wishes, busy }), []);
  strictEqual(stepOf(state, "clean", { busy }), undefined);
  const submitted = progressOf(["t0"], handedOver("j0", ["t0"]));
  const only = { exitOnSubmit: true };
  strictEqual(decided(submitted, { wishes: only })[0]?.type, "sessionEnded");
  deepStrictEqual(decided(submitted, { wishes: only, busy }), []);
});

Deno.test("the far side is asked for everything it knows once nobody else asks it anything", () => {
  const state = progressOf(["t0"], [
    packed("j0", ["t0"]),
    { type: "jobUnconfirmed", job: "j0" },
  ]);
  ok(stepOf(state, "inspect"));
  deepStrictEqual(asks(state, { busy: ["poll"] }), {
    actions: [],
    wake: null,
  });
});
