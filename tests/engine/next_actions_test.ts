import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { eventAt, type EventData } from "../../src/model/event.ts";
import { deriveEvents } from "../../src/engine/derive_events.ts";
import { nextActions } from "../../src/engine/next_actions.ts";
import type { Action, Lane } from "../../src/engine/action.ts";
import { resumeState, type RunState } from "../../src/model/run_state/mod.ts";
import { defaultOptions, planWith } from "../helpers/simulation/mod.ts";
import {
  applyEvents,
  jobCreated,
  keysOf,
  NOON,
  remoteInspected,
  restagedRun,
  runFinished,
  runStarted,
  runStateOf,
  submittedJob,
  taskRan,
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
  readonly options?: Partial<RunOptions>;
  readonly limits?: Partial<RunLimits>;
  readonly now?: number;
  readonly polledAt?: number;
  readonly pollMs?: number;
  readonly collectMs?: number;
  readonly collectedAt?: number;
  readonly stirred?: boolean;
  readonly busy?: readonly Lane[];
}

function decided(state: RunState, asked: Asked = {}): readonly EventData[] {
  return deriveEvents(
    state,
    asked.plan ?? planWith(state.tasks.size, 3),
    { ...defaultOptions, ...asked.options },
    { ...limits, ...asked.limits },
    { now: asked.now ?? NOON, busy: new Set(asked.busy) },
  );
}

function asks(state: RunState, asked: Asked = {}) {
  const clock: LaneTimes = {
    now: asked.now ?? NOON,
    polledAt: asked.polledAt ?? null,
    pollMs: asked.pollMs ?? 0,
    collectMs: asked.collectMs ?? 0,
    collectedAt: asked.collectedAt ?? null,
    hasRemoteChange: asked.stirred ?? false,
    busy: new Set(asked.busy),
  };
  return nextActions(
    state,
    asked.plan ?? planWith(state.tasks.size, 3),
    { ...defaultOptions, ...asked.options },
    { ...limits, ...asked.limits },
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
  return runStateOf(keys, [
    ...submittedJob("j0", keys),
    ...keys.slice(0, done).flatMap((key) => taskRan("j0", key, 0)),
  ]);
}

Deno.test("nothing is decided or requested before the remote state is known", () => {
  const state = runStateOf(keysOf(2));
  applyEvents(state, [{ type: "sessionStarted", pid: 2, host: "here" }]);
  deepStrictEqual(decided(state), []);
  deepStrictEqual(asks(state), {
    actions: [{ lane: "submit", do: "inspect" }],
    wake: null,
  });
});

Deno.test("pending tasks are packed once they are staged, in jobs of the requested size", () => {
  const state = runStateOf(keysOf(7));
  applyEvents(state, restagedRun(keysOf(6)));
  const jobs = jobsIn(decided(state));
  deepStrictEqual(jobs.map(({ tasks }) => tasks), [
    ["t0", "t2", "t4"],
    ["t1", "t3", "t5"],
  ]);
  deepStrictEqual(stepOf(state, "stage")?.tasks, ["t6"]);
});

Deno.test("a job whose tasks are not staged any more is staged, not submitted", () => {
  const state = runStateOf(keysOf(3), [
    jobCreated("a", ["t0"]),
    jobCreated("b", ["t1", "t2"]),
  ]);
  strictEqual(stepOf(state, "stage"), undefined);
  const opened = {
    type: "sessionStarted",
    pid: 1,
    host: "here",
  } as const;
  applyEvents(state, [
    { ...opened, scriptCopy: "script_2.py" },
    remoteInspected(),
  ]);
  deepStrictEqual(stepOf(state, "stage")?.tasks, ["t0", "t1", "t2"]);
  strictEqual(stepOf(state, "submit"), undefined);
});

Deno.test("a job's name fits the columns of every queue, and no two of a run are equal", () => {
  const state = runStateOf(keysOf(50));
  const plan = planWith(50, 1);
  const first = jobsIn(decided(state, { plan })).map(({ job }) => job);
  applyEvents(
    state,
    first.flatMap((job, at) => [
      jobCreated(job, [`t${at}`]),
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
  const runId = "mmmmmmm1";
  // What the remote host still knows: the first job and, after a gap, the tenth.
  const state = runStateOf(keysOf(1), [
    jobCreated(`d${runId}0`, ["t0"]),
    { type: "jobFenced", job: `d${runId}0` },
    jobCreated(`d${runId}z`, ["t0"]),
    { type: "jobFenced", job: `d${runId}z` },
  ]);
  deepStrictEqual(jobsIn(decided(state)).map(({ job }) => job), [
    `d${runId}10`,
  ]);
});

Deno.test("a job names the earlier jobs that its tasks are from", () => {
  const state = runStateOf(keysOf(2), [
    ...submittedJob("j0", ["t0", "t1"]),
    ...taskRan("j0", "t0", 1),
    ...taskRan("j0", "t1", 1),
    ended("j0"),
  ]);
  const [job] = jobsIn(decided(state, { now: NOON + 60_000 }));
  deepStrictEqual([job?.supersedes, job?.tasks], [["j0"], ["t0", "t1"]]);
});

Deno.test("a task waits before its next attempt, and the loop wakes for it", () => {
  const state = runStateOf(["t0"], [
    ...submittedJob("j0", ["t0"]),
    ...taskRan("j0", "t0", 1),
    ended("j0"),
  ]);
  const { retryAt } = state.tasks.get("t0")!;
  deepStrictEqual(decided(state, { now: retryAt - 1 }), []);
  strictEqual(asks(state).wake, retryAt);
  strictEqual(jobsIn(decided(state, { now: retryAt })).length, 1);
});

Deno.test("a task fails for good after its retries, not before", () => {
  const plan = planWith(1, 1, { machine: { retries: 2 } });
  const state = runStateOf(["t0"]);
  const results = [0, 1, 2].map((at) => {
    applyEvents(state, [
      ...submittedJob(`j${at}`, ["t0"]),
      ...taskRan(`j${at}`, "t0", 3),
      ended(`j${at}`),
    ]);
    return decided(state, { plan, now: NOON + 100_000 })[0]?.type;
  });
  deepStrictEqual(results, ["jobCreated", "jobCreated", "taskFailed"]);
});

Deno.test("five losses by the scheduler do not count, the sixth does", () => {
  const plan = planWith(1, 1, { machine: { retries: 0 } });
  const state = runStateOf(["t0"]);
  const results = Array.from({ length: 6 }, (_, at) => {
    applyEvents(state, [
      ...submittedJob(`j${at}`, ["t0"]),
      { type: "taskStarted", job: `j${at}`, task: "t0", remoteTime: 1 },
      { type: "jobEnded", job: `j${at}`, reason: { kind: "preempted" } },
    ]);
    return decided(state, { plan, now: NOON + 100_000 })[0]?.type;
  });
  deepStrictEqual(results, [
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

Deno.test("where no job has written a record, a task fails after two jobs; after any record it does not", () => {
  const gone = (at: number): readonly EventData[] => [
    ...submittedJob(`j${at}`, ["t0"]),
    { type: "jobEnded", job: `j${at}`, reason: { kind: "disappeared" } },
  ];
  const plan = planWith(2, 1, { machine: { retries: 3 } });
  const typesIn = (state: RunState) =>
    decided(state, { plan, now: NOON + 100_000 }).map(({ type }) => type);
  const begins: EventData = {
    type: "jobStarted",
    job: "j9",
    id: "9",
    host: "node",
    remoteTime: 1,
  };
  const never = runStateOf(["t0", "t1"], [
    ...submittedJob("j9", ["t1"]),
    ...gone(0),
  ]);
  deepStrictEqual(typesIn(never), ["jobCreated"]);
  applyEvents(never, gone(1));
  deepStrictEqual(typesIn(never), ["taskFailed"]);
  applyEvents(never, [begins]);
  deepStrictEqual(typesIn(never), ["jobCreated"]);
});

Deno.test("the other tasks are cancelled once few enough are unfinished", () => {
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

Deno.test("fail-fast cancels when a task failed for good, not at its first failure", () => {
  const options = { failFast: true };
  const state = runStateOf(keysOf(2), [
    ...submittedJob("j0", ["t0"]),
    ...submittedJob("j1", ["t1"]),
    ...taskRan("j0", "t0", 127),
  ]);
  deepStrictEqual(decided(state, { options }), []);
  applyEvents(state, [ended("j0")]);
  strictEqual(decided(state, { options })[0]?.type, "taskFailed");
  applyEvents(state, [{ type: "taskFailed", task: "t0", code: 127 }]);
  deepStrictEqual(decided(state, { options }), [
    { type: "cancelRequested", reason: "failFast", jobs: ["j1"] },
  ]);
});

Deno.test("no more jobs than max_jobs are active at once", () => {
  const keys = keysOf(6);
  const state = runStateOf(keys, [
    ...submittedJob("j0", ["t0"]),
    ...keys.slice(1).map((key) => jobCreated(`p${key}`, [key])),
  ]);
  const room = (slots: number) =>
    stepOf(state, "submit", { limits: { maxActiveJobs: slots } })?.jobs.length;
  deepStrictEqual([room(1), room(3), room(Infinity)], [undefined, 2, 5]);
});

Deno.test("a submit gets more jobs than there are free slots where the backend waits by itself, but not with exit-on-submit", () => {
  const keys = keysOf(6);
  const state = runStateOf(
    keys,
    keys.map((key) => jobCreated(`p${key}`, [key])),
  );
  const handed = (options: Partial<RunOptions>) =>
    stepOf(state, "submit", {
      limits: { maxActiveJobs: 2, submitAhead: 3 },
      options,
    });
  strictEqual(handed({})?.jobs.length, 5);
  strictEqual(handed({})?.slots, 2);
  strictEqual(handed({ exitOnSubmit: true })?.jobs.length, 2);
});

Deno.test("a full queue is tried again when a job has changed or the wait is over", () => {
  const full: EventData = {
    type: "jobRejected",
    job: "j1",
    isQueueFull: true,
    message: "",
  };
  const state = runStateOf(keysOf(2), [
    ...submittedJob("j0", ["t0"]),
    jobCreated("j1", ["t1"]),
    full,
  ]);
  strictEqual(stepOf(state, "submit"), undefined);
  strictEqual(
    asks(state, { limits: { maxPollMs: 1e9, minPollMs: 1e9 } }).wake,
    NOON + 60_000,
  );
  ok(stepOf(state, "submit", { now: NOON + 60_000 }));
  applyEvents(state, [ended("j0")], NOON + 5);
  ok(stepOf(state, "submit", { now: NOON + 6 }));
});

Deno.test("while a job is unconfirmed, no other is created or submitted", () => {
  const state = runStateOf(keysOf(3), [
    jobCreated("j0", ["t0"]),
    jobCreated("j1", ["t1"]),
    { type: "jobUnconfirmed", job: "j0" },
  ]);
  deepStrictEqual(jobsIn(decided(state)), []);
  deepStrictEqual(asks(state).actions, [{ lane: "submit", do: "inspect" }]);
  applyEvents(state, [remoteInspected()]);
  deepStrictEqual(stepOf(state, "reconcile")?.jobs, ["j0"]);
  strictEqual(stepOf(state, "submit"), undefined);
});

Deno.test("while active jobs have no directory, nothing is staged, created or submitted", () => {
  const state = runStateOf(keysOf(3), [
    ...submittedJob("j0", ["t0"]),
    jobCreated("j1", ["t1"]),
    { type: "resultsLost", tasks: [] },
    remoteInspected(false),
  ]);
  const actions = asks(state, { now: NOON + 1000 }).actions;
  deepStrictEqual(actions.map((action) => action.do), ["poll"]);
  deepStrictEqual(decided(state), []);
  applyEvents(state, [ended("j0")]);
  ok(stepOf(state, "stage", { now: NOON + 1000 }));
});

Deno.test("polls come at the minimal interval while jobs change, and less often the longer nothing changes", () => {
  const state = runStateOf(["t0"], submittedJob("j0", ["t0"]));
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

Deno.test("after a remote change the next poll comes at the minimal interval", () => {
  const state = runStateOf(["t0"], submittedJob("j0", ["t0"]));
  const now = NOON + 1e6;
  const action = (polledAt: number, stirred: boolean) =>
    stepOf(state, "poll", { now, polledAt, stirred });
  strictEqual(action(now - 1000, false), undefined);
  strictEqual(action(now - 999, true), undefined);
  ok(action(now - 1000, true));
});

Deno.test("the first poll comes at the first remote change", () => {
  const state = runStateOf(["t0"], submittedJob("j0", ["t0"]));
  strictEqual(stepOf(state, "poll", { now: NOON + 1 }), undefined);
  ok(stepOf(state, "poll", { now: NOON + 1, stirred: true }));
});

Deno.test("polls take half of the time, an eighth while jobs are submitted, whatever the host reports", () => {
  const state = runStateOf(["t0"], submittedJob("j0", ["t0"]));
  const interval = (pollMs: number, asked: Asked = {}) =>
    asks(state, { ...asked, polledAt: NOON, pollMs, stirred: true }).wake! -
    NOON;
  strictEqual(interval(400), 1000);
  strictEqual(interval(900), 1800);
  strictEqual(interval(900, { busy: ["submit"] }), 7200);
  strictEqual(interval(90_000, { busy: ["submit"] }), 30_000);
});

Deno.test("collecting rests while jobs are submitted, for 2 s at most", () => {
  const state = runStateOf(keysOf(2), [
    ...submittedJob("j0", ["t0"]),
    ...taskRan("j0", "t0", 0),
    jobCreated("j1", ["t1"]),
  ]);
  const interval = (collectMs: number, busy: readonly Lane[]) => {
    const dueAt = [250, 800, 3000, 11_000, 12_000].find((ms) =>
      stepOf(state, "collect", {
        ...{ now: NOON + ms, collectedAt: NOON, collectMs, busy },
      })
    );
    return dueAt;
  };
  strictEqual(interval(20, ["submit"]), 250);
  strictEqual(interval(100, []), 250);
  strictEqual(interval(100, ["submit"]), 800);
  strictEqual(interval(1000, ["submit"]), 3000);
  strictEqual(interval(10_000, ["submit"]), 12_000);
  strictEqual(interval(10_000, []), 11_000);
});

Deno.test("nothing is asked of a lane that is busy", () => {
  const keys = keysOf(3);
  const state = runStateOf(keys, [
    ...submittedJob("j0", ["t0"]),
    ...taskRan("j0", "t0", 0),
    jobCreated("j1", ["t1"]),
  ]);
  const lanes = (busy: readonly Lane[]) =>
    asks(state, { now: NOON + 1000, busy }).actions.map(({ lane }) => lane);
  deepStrictEqual(lanes([]), ["submit", "poll", "collect"]);
  deepStrictEqual(lanes(["submit"]), ["poll", "collect"]);
  deepStrictEqual(lanes(["submit", "poll", "collect"]), []);
});

Deno.test("jobs that keep becoming active do not delay the first poll", () => {
  const state = runStateOf(keysOf(3));
  for (const at of [0, 1, 2]) {
    applyEvents(state, submittedJob(`j${at}`, [`t${at}`]), NOON + 600 * at);
  }
  strictEqual(stepOf(state, "poll", { now: NOON + 999 }), undefined);
  ok(stepOf(state, "poll", { now: NOON + 1200 }));
});

Deno.test("without active jobs nothing is polled", () => {
  const state = runStateOf(["t0"], [jobCreated("j0", ["t0"])]);
  strictEqual(stepOf(state, "poll", { now: NOON + 1e9 }), undefined);
});

Deno.test("results are collected as tasks end, common ones when all have ended", () => {
  const plan = planWith(2, 1, {}, { commonOutputs: ["all"] });
  const state = runStateOf(keysOf(2), [
    ...submittedJob("j0", ["t0", "t1"]),
    ...taskRan("j0", "t0", 0),
  ]);
  const collect = () =>
    asks(state, { plan }).actions.find(({ lane }) => lane === "collect");
  deepStrictEqual(collect(), { lane: "collect", do: "collect", tasks: ["t0"] });
  applyEvents(state, [{
    type: "collected",
    results: [{ task: "t0", files: [], missing: [] }],
  }]);
  strictEqual(collect(), undefined);
  applyEvents(state, [...taskRan("j0", "t1", 0), ended("j0"), {
    type: "collected",
    results: [{ task: "t1", files: [], missing: [] }],
  }]);
  deepStrictEqual(collect(), { lane: "collect", do: "collectCommon" });
  deepStrictEqual(decided(state, { plan }), []);
});

/** Both tasks done and at home. */
function collectedState(missing: readonly string[] = []): RunState {
  return runStateOf(keysOf(2), [
    ...submittedJob("j0", ["t0", "t1"]),
    ...taskRan("j0", "t0", 0),
    ...taskRan("j0", "t1", 0),
    ended("j0"),
    {
      type: "collected",
      results: keysOf(2).map((task) => ({ task, files: [], missing })),
    },
  ]);
}

Deno.test("the remote directory is removed before the last event, unless it is to be kept", () => {
  const done = runFinished("succeeded", { succeeded: 2 });
  const state = collectedState();
  ok(stepOf(state, "clean"));
  deepStrictEqual(decided(state), []);
  strictEqual(
    stepOf(state, "clean", { options: { keepRemoteDir: true } }),
    undefined,
  );
  deepStrictEqual(decided(state, { options: { keepRemoteDir: true } }), [
    done,
  ]);
  applyEvents(state, [{ type: "cleaned" }]);
  deepStrictEqual(decided(state), [done]);
});

Deno.test("a run with missing results has failed, and its directory is kept", () => {
  const state = collectedState(["out"]);
  strictEqual(stepOf(state, "clean"), undefined);
  deepStrictEqual(decided(state), [
    runFinished("failed", { succeeded: 2, missingResults: 2 }),
  ]);
});

Deno.test("missing common results fail a run like those of a task", () => {
  const plan = planWith(2, 3, {}, { commonOutputs: ["all"] });
  const state = collectedState();
  applyEvents(state, [{
    type: "commonCollected",
    result: { files: [], missing: ["all"] },
  }]);
  deepStrictEqual(decided(state, { plan, now: NOON + 2500 }), [
    runFinished("failed", { succeeded: 2, duration: 2.5 }),
  ]);
});

Deno.test("the logs of failed tasks are collected before the last event", () => {
  const state = runStateOf(["t0"], [
    ...submittedJob("j0", ["t0"]),
    ...taskRan("j0", "t0", 127),
    ended("j0"),
    { type: "taskFailed", task: "t0", code: 127 },
  ]);
  deepStrictEqual(decided(state), []);
  deepStrictEqual(stepOf(state, "collect")?.tasks, ["t0"]);
});

Deno.test("a dry run stages and ends", () => {
  const state = runStateOf(keysOf(3));
  const options = { dryRun: true };
  deepStrictEqual(decided(state, { options }), [
    { type: "sessionEnded", reason: "dryRun" },
  ]);
  applyEvents(state, restagedRun(["t1", "t2"]));
  deepStrictEqual(decided(state, { options }), []);
  deepStrictEqual(asks(state, { options }).actions.map((action) => action.do), [
    "stage",
  ]);
});

Deno.test("exit-on-submit ends when all jobs are submitted, or no more can be", () => {
  const options = { exitOnSubmit: true };
  const left: readonly EventData[] = [{
    type: "sessionEnded",
    reason: "exitOnSubmit",
  }];
  const state = runStateOf(keysOf(2), [
    ...submittedJob("j0", ["t0"]),
    jobCreated("j1", ["t1"]),
  ]);
  deepStrictEqual(decided(state, { options }), []);
  deepStrictEqual(
    decided(state, { options, limits: { maxActiveJobs: 1 } }),
    left,
  );
  applyEvents(state, [{ type: "jobSubmitted", job: "j1", id: "1" }]);
  deepStrictEqual(decided(state, { options }), left);
});

Deno.test("exit-on-submit waits for tasks that wait for their next attempt", () => {
  const state = runStateOf(keysOf(1), [
    ...submittedJob("j0", ["t0"]),
    ...taskRan("j0", "t0", 1),
    ended("j0"),
    { type: "sessionEnded", reason: "interrupt" },
  ]);
  deepStrictEqual(decided(state, { options: { exitOnSubmit: true } }), []);
});

Deno.test("a session whose jobs were cancelled ends when it is known what the cancel has done", () => {
  const state = runStateOf(keysOf(1), [
    ...submittedJob("j0", ["t0"]),
    { type: "cancelRequested", reason: "cancel", jobs: ["j0"] },
    ended("j0"),
  ]);
  const end = { type: "sessionEnded", reason: "cancel" } as const;
  deepStrictEqual(decided(state, { busy: ["cancel"] }), []);
  deepStrictEqual(decided(state), [end]);
});

Deno.test("a job that becomes active during a cancellation is cancelled too", () => {
  const state = runStateOf(keysOf(2), [
    ...submittedJob("j0", ["t0"]),
    jobCreated("j1", ["t1"]),
    { type: "cancelRequested", reason: "cancel", jobs: ["j0"] },
    { type: "jobSubmitted", job: "j1", id: "1" },
  ]);
  deepStrictEqual(stepOf(state, "cancel")?.jobs, ["j0", "j1"]);
  strictEqual(stepOf(state, "submit"), undefined);
});

Deno.test("an outdated job is cancelled when all its unfinished tasks are no longer planned", () => {
  const past = [runStarted(), ...submittedJob("j0", ["t0", "old"])];
  const state = resumeState(
    past.map((each) => eventAt(each, NOON)),
    ["t0", "new"],
  );
  applyEvents(state, [remoteInspected()]);
  deepStrictEqual(decided(state), []);
  applyEvents(state, taskRan("j0", "t0", 0));
  deepStrictEqual(decided(state), [
    { type: "cancelRequested", reason: "outdated", jobs: ["j0"] },
  ]);
});

Deno.test("a finished run requests nothing", () => {
  const state = collectedState();
  applyEvents(state, [runFinished("succeeded")]);
  deepStrictEqual(asks(state), { actions: [], wake: null });
  deepStrictEqual(decided(state), []);
});

Deno.test("while a job may still be submitted, there is no last event and nothing is cleaned", () => {
  const busy = ["submit"] as const;
  const options = { keepRemoteDir: true };
  const state = collectedState();
  strictEqual(decided(state, { options })[0]?.type, "runFinished");
  deepStrictEqual(decided(state, { options, busy }), []);
  strictEqual(stepOf(state, "clean", { busy }), undefined);
  const submitted = runStateOf(["t0"], submittedJob("j0", ["t0"]));
  const only = { exitOnSubmit: true };
  strictEqual(decided(submitted, { options: only })[0]?.type, "sessionEnded");
  deepStrictEqual(decided(submitted, { options: only, busy }), []);
});

Deno.test("the remote state is inspected once no other request runs", () => {
  const state = runStateOf(["t0"], [
    jobCreated("j0", ["t0"]),
    { type: "jobUnconfirmed", job: "j0" },
  ]);
  ok(stepOf(state, "inspect"));
  deepStrictEqual(asks(state, { busy: ["poll"] }), {
    actions: [],
    wake: null,
  });
});
