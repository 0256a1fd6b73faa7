import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import type { Event, EventData } from "../../src/model/event.ts";
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
  surveyed,
} from "../helpers/events.ts";
import type { RunOptions } from "../../src/model/run_options.ts";
import type { LaneTimes, RunLimits } from "../../src/engine/run_limits.ts";

const pace: RunLimits = {
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

function decided(progress: RunState, asked: Asked = {}): readonly EventData[] {
  return deriveEvents(
    progress,
    asked.plan ?? planWith(progress.tasks.size, 3),
    { ...plainWishes, ...asked.wishes },
    { ...pace, ...asked.pace },
    { now: asked.now ?? NOON, busy: new Set(asked.busy) },
  );
}

function asks(progress: RunState, asked: Asked = {}) {
  const clock: LaneTimes = {
    now: asked.now ?? NOON,
    polledAt: asked.polledAt ?? null,
    collectedAt: asked.collectedAt ?? null,
    hasRemoteChange: asked.stirred ?? false,
    busy: new Set(asked.busy),
  };
  return nextActions(
    progress,
    asked.plan ?? planWith(progress.tasks.size, 3),
    { ...plainWishes, ...asked.wishes },
    { ...pace, ...asked.pace },
    clock,
  );
}

function stepOf<D extends Action["do"]>(
  progress: RunState,
  what: D,
  asked: Asked = {},
): Extract<Action, { do: D }> | undefined {
  return asks(progress, asked).steps.find((
    step,
  ): step is Extract<Action, { do: D }> => step.do === what);
}

const jobsIn = (happenings: readonly EventData[]) =>
  happenings.flatMap((each) => each.type === "jobCreated" ? [each] : []);

const ended = (job: string): EventData => ({
  type: "jobEnded",
  job,
  cause: { kind: "completed" },
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
  const progress = progressOf(keysOf(2));
  fold(progress, [{ type: "sessionStarted", pid: 2, host: "here", tasks: 2 }]);
  deepStrictEqual(decided(progress), []);
  deepStrictEqual(asks(progress), {
    steps: [{ lane: "submit", do: "survey" }],
    wake: null,
  });
});

Deno.test("free tasks are packed once they are staged, in jobs of the wanted size", () => {
  const progress = progressOf(keysOf(7));
  fold(progress, restaged(keysOf(6)));
  const jobs = jobsIn(decided(progress));
  deepStrictEqual(jobs.map(({ tasks }) => tasks), [
    ["t0", "t2", "t4"],
    ["t1", "t3", "t5"],
  ]);
  deepStrictEqual(stepOf(progress, "stage")?.tasks, ["t6"]);
});

Deno.test("a packed job whose tasks are not staged any more is staged, not handed over", () => {
  const progress = progressOf(keysOf(3), [
    packed("a", ["t0"]),
    packed("b", ["t1", "t2"]),
  ]);
  strictEqual(stepOf(progress, "stage"), undefined);
  const opened = {
    type: "sessionStarted",
    pid: 1,
    host: "here",
    tasks: 3,
  } as const;
  fold(progress, [{ ...opened, copy: "script_2.py" }, surveyed()]);
  deepStrictEqual(stepOf(progress, "stage")?.tasks, ["t0", "t1", "t2"]);
  strictEqual(stepOf(progress, "submit"), undefined);
});

Deno.test("a job's name fits what every queue shows, and no two of a run are alike", () => {
  const progress = progressOf(keysOf(50));
  const plan = planWith(50, 1);
  const first = jobsIn(decided(progress, { plan })).map(({ job }) => job);
  fold(
    progress,
    first.flatMap((job, at) => [
      packed(job, [`t${at}`]),
      { type: "jobFenced", job } as const,
    ]),
  );
  const second = jobsIn(decided(progress, { plan })).map(({ job }) => job);
  strictEqual(new Set([...first, ...second]).size, 100);
  for (const name of [...first, ...second]) {
    match(name, /^[a-z][a-z0-9]{1,14}$/);
  }
});

Deno.test("a name is never used again, not even where the journal lost jobs in between", () => {
  const mark = "mmmmmmm1";
  // What the far side still knows: the first job and, after a gap, the tenth.
  const progress = progressOf(keysOf(1), [
    packed(`d${mark}0`, ["t0"]),
    { type: "jobFenced", job: `d${mark}0` },
    packed(`d${mark}z`, ["t0"]),
    { type: "jobFenced", job: `d${mark}z` },
  ]);
  deepStrictEqual(jobsIn(decided(progress)).map(({ job }) => job), [
    `d${mark}10`,
  ]);
});

Deno.test("a job names the earlier ones that its tasks come from", () => {
  const progress = progressOf(keysOf(2), [
    ...handedOver("j0", ["t0", "t1"]),
    ...ran("j0", "t0", 1),
    ...ran("j0", "t1", 1),
    ended("j0"),
  ]);
  const [job] = jobsIn(decided(progress, { now: NOON + 60_000 }));
  deepStrictEqual([job?.after, job?.tasks], [["j0"], ["t0", "t1"]]);
});

Deno.test("a task rests before it is tried again, and the loop wakes for it", () => {
  const progress = progressOf(["t0"], [
    ...handedOver("j0", ["t0"]),
    ...ran("j0", "t0", 1),
    ended("j0"),
  ]);
  const { retryAt } = progress.tasks.get("t0")!;
  deepStrictEqual(decided(progress, { now: retryAt - 1 }), []);
  strictEqual(asks(progress).wake, retryAt);
  strictEqual(jobsIn(decided(progress, { now: retryAt })).length, 1);
});

Deno.test("a task is given up after its retries, not before", () => {
  const plan = planWith(1, 1, { machine: { retries: 2 } });
  const progress = progressOf(["t0"]);
  const told = [0, 1, 2].map((at) => {
    fold(progress, [
      ...handedOver(`j${at}`, ["t0"]),
      ...ran(`j${at}`, "t0", 3),
      ended(`j${at}`),
    ]);
    return decided(progress, { plan, now: NOON + 100_000 })[0]?.type;
  });
  deepStrictEqual(told, ["jobCreated", "jobCreated", "taskFailed"]);
});

Deno.test("five losses by the scheduler are free, the sixth is not", () => {
  const plan = planWith(1, 1, { machine: { retries: 0 } });
  const progress = progressOf(["t0"]);
  const told = Array.from({ length: 6 }, (_, at) => {
    fold(progress, [
      ...handedOver(`j${at}`, ["t0"]),
      { type: "taskStarted", job: `j${at}`, task: "t0", time: 1 },
      { type: "jobEnded", job: `j${at}`, cause: { kind: "preempted" } },
    ]);
    return decided(progress, { plan, now: NOON + 100_000 })[0]?.type;
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
    { type: "cancelRequested", why: "ratio", jobs: ["j0"] },
  ]);
});

Deno.test("fail-fast cancels when a task was given up, not at its first failure", () => {
  const wishes = { failFast: true };
  const progress = progressOf(keysOf(2), [
    ...handedOver("j0", ["t0"]),
    ...handedOver("j1", ["t1"]),
    ...ran("j0", "t0", 127),
  ]);
  deepStrictEqual(decided(progress, { wishes }), []);
  fold(progress, [ended("j0")]);
  strictEqual(decided(progress, { wishes })[0]?.type, "taskFailed");
  fold(progress, [{ type: "taskFailed", task: "t0", code: 127 }]);
  deepStrictEqual(decided(progress, { wishes }), [
    { type: "cancelRequested", why: "fail-fast", jobs: ["j1"] },
  ]);
});

Deno.test("no more jobs than max_jobs live at once", () => {
  const keys = keysOf(6);
  const progress = progressOf(keys, [
    ...handedOver("j0", ["t0"]),
    ...keys.slice(1).map((key) => packed(`p${key}`, [key])),
  ]);
  const room = (slots: number) =>
    stepOf(progress, "submit", { pace: { maxActiveJobs: slots } })?.jobs.length;
  deepStrictEqual([room(1), room(3), room(Infinity)], [undefined, 2, 5]);
});

Deno.test("a submit is handed more than there is room for where the backend waits by itself, but not by who only hands over", () => {
  const keys = keysOf(6);
  const progress = progressOf(
    keys,
    keys.map((key) => packed(`p${key}`, [key])),
  );
  const handed = (wishes: Partial<RunOptions>) =>
    stepOf(progress, "submit", {
      pace: { maxActiveJobs: 2, submitAhead: 3 },
      wishes,
    });
  strictEqual(handed({})?.jobs.length, 5);
  strictEqual(handed({})?.slots, 2);
  strictEqual(handed({ exitOnSubmit: true })?.jobs.length, 2);
});

Deno.test("a full scheduler is asked again when something has moved or the wait is over", () => {
  const full: EventData = {
    type: "jobRejected",
    job: "j1",
    again: true,
    saw: "",
  };
  const progress = progressOf(keysOf(2), [
    ...handedOver("j0", ["t0"]),
    packed("j1", ["t1"]),
    full,
  ]);
  strictEqual(stepOf(progress, "submit"), undefined);
  strictEqual(
    asks(progress, { pace: { maxPollMs: 1e9, minPollMs: 1e9 } }).wake,
    NOON + 60_000,
  );
  ok(stepOf(progress, "submit", { now: NOON + 60_000 }));
  fold(progress, [ended("j0")], NOON + 5);
  ok(stepOf(progress, "submit", { now: NOON + 6 }));
});

Deno.test("while nobody knows what became of a job, nothing else is packed or handed over", () => {
  const progress = progressOf(keysOf(3), [
    packed("j0", ["t0"]),
    packed("j1", ["t1"]),
    { type: "jobUnconfirmed", job: "j0" },
  ]);
  deepStrictEqual(jobsIn(decided(progress)), []);
  deepStrictEqual(asks(progress).steps, [{ lane: "submit", do: "survey" }]);
  fold(progress, [surveyed()]);
  deepStrictEqual(stepOf(progress, "settle")?.jobs, ["j0"]);
  strictEqual(stepOf(progress, "submit"), undefined);
});

Deno.test("beside living jobs whose folder is gone nothing is staged, packed or handed over", () => {
  const progress = progressOf(keysOf(3), [
    ...handedOver("j0", ["t0"]),
    packed("j1", ["t1"]),
    { type: "resultsLost", tasks: [] },
    surveyed(false),
  ]);
  const steps = asks(progress, { now: NOON + 1000 }).steps;
  deepStrictEqual(steps.map((step) => step.do), ["poll"]);
  deepStrictEqual(decided(progress), []);
  fold(progress, [ended("j0")]);
  ok(stepOf(progress, "stage", { now: NOON + 1000 }));
});

Deno.test("looks come at the floor while things move, and less often the longer nothing does", () => {
  const progress = progressOf(["t0"], handedOver("j0", ["t0"]));
  const wake = (polledAt: number, now: number) =>
    asks(progress, { polledAt, now }).wake! - polledAt;
  strictEqual(wake(NOON, NOON), 1000);
  strictEqual(wake(NOON + 80_000, NOON + 80_000), 10_000);
  strictEqual(wake(NOON + 8e6, NOON + 8e6), 30_000);
  strictEqual(
    stepOf(progress, "poll", { polledAt: NOON, now: NOON + 999 }),
    undefined,
  );
  ok(stepOf(progress, "poll", { polledAt: NOON, now: NOON + 1000 }));
});

Deno.test("where somebody tells that something moved, the next look comes at the floor", () => {
  const progress = progressOf(["t0"], handedOver("j0", ["t0"]));
  const now = NOON + 1e6;
  const step = (polledAt: number, stirred: boolean) =>
    stepOf(progress, "poll", { now, polledAt, stirred });
  strictEqual(step(now - 1000, false), undefined);
  strictEqual(step(now - 999, true), undefined);
  ok(step(now - 1000, true));
});

Deno.test("jobs that keep coming to life do not put off the first look", () => {
  const progress = progressOf(keysOf(3));
  for (const at of [0, 1, 2]) {
    fold(progress, handedOver(`j${at}`, [`t${at}`]), NOON + 600 * at);
  }
  strictEqual(stepOf(progress, "poll", { now: NOON + 999 }), undefined);
  ok(stepOf(progress, "poll", { now: NOON + 1200 }));
});

Deno.test("without living jobs nobody looks", () => {
  const progress = progressOf(["t0"], [packed("j0", ["t0"])]);
  strictEqual(stepOf(progress, "poll", { now: NOON + 1e9 }), undefined);
});

Deno.test("results are brought home as tasks end, common ones when all are over", () => {
  const plan = planWith(2, 1, {}, { commonOutputs: ["all"] });
  const progress = progressOf(keysOf(2), [
    ...handedOver("j0", ["t0", "t1"]),
    ...ran("j0", "t0", 0),
  ]);
  const collect = () =>
    asks(progress, { plan }).steps.find(({ lane }) => lane === "collect");
  deepStrictEqual(collect(), { lane: "collect", do: "collect", tasks: ["t0"] });
  fold(progress, [{
    type: "collected",
    results: [{ task: "t0", files: [], missing: [] }],
  }]);
  strictEqual(collect(), undefined);
  fold(progress, [...ran("j0", "t1", 0), ended("j0"), {
    type: "collected",
    results: [{ task: "t1", files: [], missing: [] }],
  }]);
  deepStrictEqual(collect(), { lane: "collect", do: "collectCommon" });
  deepStrictEqual(decided(progress, { plan }), []);
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
  const done: EventData = {
    type: "runFinished",
    outcome: "succeeded",
    dropped: 0,
  };
  const progress = home();
  ok(stepOf(progress, "clean"));
  deepStrictEqual(decided(progress), []);
  strictEqual(
    stepOf(progress, "clean", { wishes: { keepRemoteDir: true } }),
    undefined,
  );
  deepStrictEqual(decided(progress, { wishes: { keepRemoteDir: true } }), [
    done,
  ]);
  fold(progress, [{ type: "cleaned" }]);
  deepStrictEqual(decided(progress), [done]);
});

Deno.test("a run with missing results has failed, and its folder stays", () => {
  const progress = home(["out"]);
  strictEqual(stepOf(progress, "clean"), undefined);
  deepStrictEqual(decided(progress), [
    { type: "runFinished", outcome: "failed", dropped: 0 },
  ]);
});

Deno.test("missing common results fail a run like those of a task", () => {
  const plan = planWith(2, 3, {}, { commonOutputs: ["all"] });
  const progress = home();
  fold(progress, [{
    type: "commonCollected",
    result: { files: [], missing: ["all"] },
  }]);
  deepStrictEqual(decided(progress, { plan }), [
    { type: "runFinished", outcome: "failed", dropped: 0 },
  ]);
});

Deno.test("the logs of what failed come home before the last word", () => {
  const progress = progressOf(["t0"], [
    ...handedOver("j0", ["t0"]),
    ...ran("j0", "t0", 127),
    ended("j0"),
    { type: "taskFailed", task: "t0", code: 127 },
  ]);
  deepStrictEqual(decided(progress), []);
  deepStrictEqual(stepOf(progress, "collect")?.tasks, ["t0"]);
});

Deno.test("a dry run stages and leaves", () => {
  const progress = progressOf(keysOf(3));
  const wishes = { dryRun: true };
  deepStrictEqual(decided(progress, { wishes }), [
    { type: "sessionEnded", why: "dry-run" },
  ]);
  fold(progress, restaged(["t1", "t2"]));
  deepStrictEqual(decided(progress, { wishes }), []);
  deepStrictEqual(asks(progress, { wishes }).steps.map((step) => step.do), [
    "stage",
  ]);
});

Deno.test("exit-on-submit leaves when all is handed over, or no more can be", () => {
  const wishes = { exitOnSubmit: true };
  const left: readonly EventData[] = [{
    type: "sessionEnded",
    why: "exit-on-submit",
  }];
  const progress = progressOf(keysOf(2), [
    ...handedOver("j0", ["t0"]),
    packed("j1", ["t1"]),
  ]);
  deepStrictEqual(decided(progress, { wishes }), []);
  deepStrictEqual(
    decided(progress, { wishes, pace: { maxActiveJobs: 1 } }),
    left,
  );
  fold(progress, [{ type: "jobSubmitted", job: "j1", id: "1" }]);
  deepStrictEqual(decided(progress, { wishes }), left);
});

Deno.test("exit-on-submit waits for tasks that rest before their next try", () => {
  const progress = progressOf(keysOf(1), [
    ...handedOver("j0", ["t0"]),
    ...ran("j0", "t0", 1),
    ended("j0"),
    { type: "sessionEnded", why: "interrupt" },
  ]);
  deepStrictEqual(decided(progress, { wishes: { exitOnSubmit: true } }), []);
});

Deno.test("what comes to life while everything is cancelled is cancelled too", () => {
  const progress = progressOf(keysOf(2), [
    ...handedOver("j0", ["t0"]),
    packed("j1", ["t1"]),
    { type: "cancelRequested", why: "cancel", jobs: ["j0"] },
    { type: "jobSubmitted", job: "j1", id: "1" },
  ]);
  deepStrictEqual(stepOf(progress, "cancel")?.jobs, ["j0", "j1"]);
  strictEqual(stepOf(progress, "submit"), undefined);
});

Deno.test("an outdated job is cancelled when all it still computes is wanted no more", () => {
  const past = [began(), ...handedOver("j0", ["t0", "old"])];
  const progress = resumeState(
    past.map((each): Event => ({ ...each, at: NOON })),
    ["t0", "new"],
  );
  fold(progress, [surveyed()]);
  deepStrictEqual(decided(progress), []);
  fold(progress, ran("j0", "t0", 0));
  deepStrictEqual(decided(progress), [
    { type: "cancelRequested", why: "outdated", jobs: ["j0"] },
  ]);
});

Deno.test("a finished run asks for nothing", () => {
  const progress = home();
  fold(progress, [{ type: "runFinished", outcome: "succeeded", dropped: 0 }]);
  deepStrictEqual(asks(progress), { steps: [], wake: null });
  deepStrictEqual(decided(progress), []);
});

Deno.test("while something may still be handed over, no last word is said and nothing cleaned", () => {
  const busy = ["submit"] as const;
  const wishes = { keepRemoteDir: true };
  const progress = home();
  strictEqual(decided(progress, { wishes })[0]?.type, "runFinished");
  deepStrictEqual(decided(progress, { wishes, busy }), []);
  strictEqual(stepOf(progress, "clean", { busy }), undefined);
  const submitted = progressOf(["t0"], handedOver("j0", ["t0"]));
  const only = { exitOnSubmit: true };
  strictEqual(decided(submitted, { wishes: only })[0]?.type, "sessionEnded");
  deepStrictEqual(decided(submitted, { wishes: only, busy }), []);
});

Deno.test("the far side is asked for everything it knows once nobody else asks it anything", () => {
  const progress = progressOf(["t0"], [
    packed("j0", ["t0"]),
    { type: "jobUnconfirmed", job: "j0" },
  ]);
  ok(stepOf(progress, "survey"));
  deepStrictEqual(asks(progress, { busy: ["poll"] }), {
    steps: [],
    wake: null,
  });
});
