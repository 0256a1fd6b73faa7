import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import { eventAt, type EventData } from "../../../src/model/event.ts";
import {
  applyEvent,
  initialState,
  resumeState,
  type RunState,
  type TrackedTask,
} from "../../../src/model/run_state/mod.ts";
import { isIncomplete } from "../../../src/engine/end_conditions.ts";
import {
  newSimulation,
  planWith,
  runToEnd,
} from "../../helpers/simulation/mod.ts";
import {
  applyEvents,
  jobCreated,
  keysOf,
  NOON,
  remoteInspected,
  runFinished,
  runStarted,
  runStateOf,
  stagedRun,
  submittedJob,
  taskRan,
  taskStates,
  tasksToCollect,
  tasksToStage,
} from "../../helpers/events.ts";
import type { ExitReasonKind } from "../../../src/model/exit_reason.ts";

type Of<T extends EventData["type"]> = Extract<EventData, { type: T }>;

const failure = {
  kind: "connection",
  summary: "Cannot",
  detail: "no",
  isRetryable: true,
} as const;
const result = { files: [], missing: [] };
const stamped = [{ task: "t0", ...result }];

/** One of each type, about job j0 with the tasks t0 and t1. The compiler sees that none is missing. */
const samples: { readonly [T in EventData["type"]]: Of<T> } = {
  runStarted: runStarted() as Of<"runStarted">,
  sessionStarted: { type: "sessionStarted", pid: 1, host: "here" },
  remoteInspected: remoteInspected() as Of<"remoteInspected">,
  staged: { type: "staged", tasks: ["t0", "t1"], files: 1, bytes: 1 },
  resultsReused: { type: "resultsReused", results: stamped },
  resultsDiscarded: { type: "resultsDiscarded", tasks: ["t1"] },
  resultsKept: { type: "resultsKept", results: stamped, uncollected: ["t1"] },
  jobCreated: jobCreated("j1", ["t0", "t1"], ["j0"]) as Of<"jobCreated">,
  jobUnconfirmed: { type: "jobUnconfirmed", job: "j0" },
  jobSignalled: { type: "jobSignalled", job: "j0" },
  jobSubmitted: { type: "jobSubmitted", job: "j0", id: "1" },
  jobStarted: {
    type: "jobStarted",
    job: "j0",
    id: "1",
    host: "node",
    remoteTime: 1,
  },
  jobRejected: {
    type: "jobRejected",
    job: "j0",
    isQueueFull: true,
    message: "full",
  },
  jobFenced: { type: "jobFenced", job: "j0" },
  jobState: { type: "jobState", job: "j0", state: "running", nativeState: "R" },
  jobsNotListed: { type: "jobsNotListed", jobs: ["j0"] },
  taskStarted: { type: "taskStarted", task: "t0", job: "j0", remoteTime: 1 },
  taskExited: {
    type: "taskExited",
    task: "t0",
    job: "j0",
    code: 1,
    remoteTime: 2,
  },
  resultsLost: { type: "resultsLost", tasks: ["t0"] },
  attached: { type: "attached", holderName: "there 1" },
  jobEnded: { type: "jobEnded", job: "j0", reason: { kind: "completed" } },
  taskFailed: { type: "taskFailed", task: "t0", code: 1 },
  collected: { type: "collected", results: stamped },
  commonCollected: { type: "commonCollected", result },
  cancelRequested: { type: "cancelRequested", reason: "ratio", jobs: ["j0"] },
  cancelSent: { type: "cancelSent", jobs: ["j0"] },
  cleaned: { type: "cleaned" },
  warning: { type: "warning", failure },
  sessionEnded: { type: "sessionEnded", reason: "interrupt" },
  runFinished: runFinished("failed"),
};

/** What holds at any time: every task is counted once and every job is in one place. */
function isSound(p: RunState): void {
  const states = [...p.tasks.values()].map(({ state }) => state);
  for (const [state, count] of Object.entries(p.counts)) {
    strictEqual(count, states.filter((each) => each === state).length, state);
  }
  for (const [key, { state, isUncollected }] of p.tasks) {
    strictEqual(
      p.pendingTasks.has(key),
      state === "pending",
      `${key} is ${state}`,
    );
    strictEqual(p.tasksToCollect.has(key), isUncollected, key);
    ok(
      !p.incompleteTasks.has(key) || state === "succeeded" && !isUncollected,
      key,
    );
  }
  for (const [name, { state, cancel, isOutdated }] of p.jobs) {
    const isOver = state === "final";
    const places = [p.readyJobs, p.unconfirmedJobs, p.activeJobs].filter((
      set,
    ) => set.has(name));
    strictEqual(places.length, isOver ? 0 : 1, `${name} is ${state}`);
    strictEqual(
      p.jobsToCancel.has(name),
      !isOver && cancel !== "no",
      name,
    );
    strictEqual(p.outdatedJobs.has(name), !isOver && isOutdated, name);
  }
  const known = [p.pendingTasks, p.tasksToCollect, p.incompleteTasks].map((
    set,
  ) => [...set]).flat();
  ok(known.every((key) => p.tasks.has(key)));
}

Deno.test("every type of event can follow any other, and tasks and jobs stay counted", () => {
  const any = fc.constantFrom(...Object.values(samples));
  fc.assert(
    fc.property(
      fc.array(any, { maxLength: 30 }),
      fc.boolean(),
      (tail, live) => {
        const state = live
          ? resumeState([], ["t0", "t1", "t2"])
          : initialState();
        applyEvents(state, [
          samples.runStarted,
          jobCreated("j0", ["t0", "t1"]),
          ...tail,
        ]);
        isSound(state);
      },
    ),
  );
});

Deno.test("no event type is missing in the reducer", () => {
  for (const sample of Object.values(samples)) {
    applyEvents(initialState(), [
      samples.runStarted,
      jobCreated("j0", ["t0", "t1"]),
      sample,
    ]);
  }
});

/** Everything but what each session is told anew. */
function lasting(p: RunState) {
  const { remote: _, cancelling: _why, mustInspect: _unsure, ...rest } = p;
  return rest;
}

const stories = {
  "all goes well": {},
  "a task fails": { exits: (task: string) => task === "t1" ? 1 : 0 },
  "a job dies": {
    exits: (task: string, run: number) =>
      task === "t1" && run === 1 ? "killed" as const : 0,
  },
  "answers are lost": {
    answers: (_: unknown, n: number) =>
      n === 1 ? "unreachable" as const : "taken" as const,
  },
  "results are missing": { misses: (dir: string) => dir === "d2" },
};

for (const [story, script] of Object.entries(stories)) {
  Deno.test(`replaying the journal gives what the session had: ${story}`, async () => {
    const plan = planWith(7, 2, { machine: { retries: 1 } }, {
      commonOutputs: ["all"],
    });
    const scene = newSimulation(script);
    const live = resumeState([], plan.tasks.map(({ key }) => key));
    for (const event of await runToEnd(scene, plan)) applyEvent(live, event, 0);
    isSound(live);
    const replayed = resumeState(
      scene.journals.events(plan.runKey),
      plan.tasks.map(({ key }) => key),
    );
    deepStrictEqual(lasting(replayed), lasting(live));
  });
}

Deno.test("reused results are replayed as they were recorded, with other tasks to run", () => {
  const story: readonly EventData[] = [
    runStarted(),
    { type: "resultsReused", results: stamped },
    samples.sessionStarted,
    remoteInspected(),
  ];
  const live = applyEvents(resumeState([], ["t0", "t1"]), story, 0);
  const past = story.map((event) => eventAt(event, NOON));
  deepStrictEqual(lasting(resumeState(past, ["t0", "t1"])), lasting(live));
  strictEqual(live.tasks.get("t0")!.state, "succeeded");
});

Deno.test("common results are collected again once a task has run beside reused ones", () => {
  const reused = applyEvents(resumeState([], ["t0", "t1"]), [
    runStarted(),
    samples.resultsReused,
  ]);
  strictEqual(reused.isCommonCollected, true);
  applyEvents(reused, [
    ...submittedJob("j0", ["t1"]),
    ...taskRan("j0", "t1", 0),
  ]);
  strictEqual(reused.isCommonCollected, false);
});

/** What task t0 is left with when its job ends so, having exited with `code` (null: it was running; undefined: it never began). */
function leftWith(kind: ExitReasonKind, code?: number | null): TrackedTask {
  const start: EventData = {
    type: "taskStarted",
    job: "j0",
    task: "t0",
    remoteTime: 1,
  };
  const before = code === undefined
    ? []
    : code === null
    ? [start]
    : taskRan("j0", "t0", code);
  const state = runStateOf(["t0"], [
    ...submittedJob("j0", ["t0"]),
    ...before,
    { type: "jobEnded", job: "j0", reason: { kind } },
  ]);
  return state.tasks.get("t0")!;
}

Deno.test("the exit reason of a job says whether the task's attempt counts", () => {
  const table: readonly (readonly [
    ExitReasonKind,
    number | null | undefined,
    number,
    number,
  ])[] = [
    ["completed", 1, 1, 0],
    ["disappeared", null, 1, 0],
    ["disappeared", 1, 1, 0],
    ["cancelled", null, Infinity, 0],
    ["nodeFailure", null, 0, 1],
    ["preempted", null, 0, 1],
    ["superseded", null, 0, 1],
    ["disappeared", undefined, 0, 1],
    ["cancelled", undefined, Infinity, 0],
    ["completed", undefined, 1, 0],
    ["timeLimit", undefined, 0, 1],
    ["outOfMemory", null, Infinity, 0],
    ["timeLimit", null, Infinity, 0],
  ];
  for (const [kind, code, tries, losses] of table) {
    const left = leftWith(kind, code);
    const label = `${kind} after ${code}`;
    deepStrictEqual([left.failedAttempts, left.schedulerLosses], [
      tries,
      losses,
    ], label);
    strictEqual(left.state, "pending", label);
  }
});

Deno.test("a command that cannot be executed is not tried again", () => {
  deepStrictEqual(
    [125, 126, 127, 128].map((code) =>
      leftWith("completed", code).failedAttempts
    ),
    [1, Infinity, Infinity, 1],
  );
});

Deno.test("each attempt makes the next one wait longer, up to a minute", () => {
  const state = runStateOf(["t0"]);
  const waits = Array.from({ length: 9 }, (_, at) => {
    applyEvents(state, [
      ...submittedJob(`j${at}`, ["t0"]),
      ...taskRan(`j${at}`, "t0", 1),
      { type: "jobEnded", job: `j${at}`, reason: { kind: "completed" } },
    ]);
    return state.tasks.get("t0")!.retryAt - NOON;
  });
  deepStrictEqual(waits, [
    ...[1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000, 60000],
  ]);
});

/** Failed attempts after the runs of a task, each with its last error and its seconds. */
function attemptsAfter(
  runs: readonly (readonly [lastingError: string | null, seconds: number])[],
): number {
  const state = runStateOf(["t0"]);
  for (const [at, [lastingError, seconds]] of runs.entries()) {
    const job = `j${at}`;
    applyEvents(state, [
      ...submittedJob(job, ["t0"]),
      { type: "taskStarted", job, task: "t0", remoteTime: 100 },
      {
        ...{ type: "taskExited", job, task: "t0", code: 1 },
        remoteTime: 100 + seconds,
        ...lastingError !== null && { lastingError },
      },
      { type: "jobEnded", job, reason: { kind: "completed" } },
    ]);
  }
  return state.tasks.get("t0")!.failedAttempts;
}

Deno.test("a task that fails twice in a row with the same lasting error soon after its start is not retried", () => {
  const [syntax, name] = ["SyntaxError: invalid syntax", "NameError: x"];
  strictEqual(attemptsAfter([[syntax, 1]]), 1);
  strictEqual(attemptsAfter([[syntax, 1], [syntax, 2]]), Infinity);
  strictEqual(attemptsAfter([[syntax, 1], [name, 1]]), 2);
  strictEqual(attemptsAfter([[syntax, 1], [null, 1], [syntax, 1]]), 3);
  strictEqual(attemptsAfter([[null, 1], [null, 1]]), 2);
  strictEqual(attemptsAfter([[syntax, 1], [syntax, 61]]), 2);
  strictEqual(attemptsAfter([[name, 1], [syntax, 60], [syntax, 0]]), Infinity);
});

Deno.test("a job that ends before its task has started does not repeat the failure of the attempt before", () => {
  const state = runStateOf(["t0"]);
  applyEvents(state, [
    ...submittedJob("j0", ["t0"]),
    { type: "taskStarted", job: "j0", task: "t0", remoteTime: 1 },
    {
      ...{ type: "taskExited", job: "j0", task: "t0", code: 1, remoteTime: 2 },
      lastingError: "ImportError",
    },
    { type: "jobEnded", job: "j0", reason: { kind: "completed" } },
    ...submittedJob("j1", ["t0"]),
    { type: "jobEnded", job: "j1", reason: { kind: "completed" } },
  ]);
  strictEqual(state.tasks.get("t0")!.failedAttempts, 2);
});

Deno.test("the same command gives a task that repeated its failure two attempts again", () => {
  const state = runStateOf(["t0"]);
  const fail = (job: string) =>
    applyEvents(state, [
      ...submittedJob(job, ["t0"]),
      { type: "taskStarted", job, task: "t0", remoteTime: 1 },
      {
        ...{ type: "taskExited", job, task: "t0", code: 1, remoteTime: 2 },
        lastingError: "SyntaxError",
      },
      { type: "jobEnded", job, reason: { kind: "completed" } },
    ]);
  fail("j0");
  fail("j1");
  applyEvents(state, [
    { type: "taskFailed", task: "t0", code: 1 },
    runFinished("failed", {}),
    { type: "sessionStarted", pid: 1, host: "here" },
  ]);
  fail("j2");
  strictEqual(state.tasks.get("t0")!.failedAttempts, 1);
});

Deno.test("attempts belong to a task: one that succeeded in the same job is finished", () => {
  const state = runStateOf(["t0", "t1"], [
    ...submittedJob("j0", ["t0", "t1"]),
    ...taskRan("j0", "t0", 0),
    ...taskRan("j0", "t1", 1),
    { type: "jobEnded", job: "j0", reason: { kind: "completed" } },
  ]);
  const [good, bad] = [state.tasks.get("t0")!, state.tasks.get("t1")!];
  deepStrictEqual([good.state, good.failedAttempts], ["succeeded", 0]);
  deepStrictEqual([bad.state, bad.failedAttempts], ["pending", 1]);
  deepStrictEqual(tasksToCollect(state), ["t0"]);
});

Deno.test("a task that dpdisp cancelled loses no attempt", () => {
  const state = runStateOf(["t0"], [
    ...submittedJob("j0", ["t0"]),
    { type: "taskStarted", job: "j0", task: "t0", remoteTime: 1 },
    { type: "cancelRequested", reason: "cancel", jobs: ["j0"] },
    { type: "cancelSent", jobs: ["j0"] },
    { type: "jobEnded", job: "j0", reason: { kind: "cancelled" } },
  ]);
  strictEqual(state.tasks.get("t0")!.failedAttempts, 0);
});

Deno.test("a run that ended with failures gives them new attempts, and looks again for missing results", () => {
  const state = runStateOf(["t0", "t1"], [
    ...submittedJob("j0", ["t0", "t1"]),
    ...taskRan("j0", "t0", 0),
    ...taskRan("j0", "t1", 127),
    { type: "jobEnded", job: "j0", reason: { kind: "completed" } },
    { type: "taskFailed", task: "t1", code: 127 },
    {
      type: "collected",
      results: [{ task: "t0", files: [], missing: ["out"] }, {
        task: "t1",
        ...result,
      }],
    },
    runFinished("failed"),
    samples.sessionStarted,
  ]);
  const failed = state.tasks.get("t1")!;
  deepStrictEqual([failed.state, failed.failedAttempts, failed.isCollected], [
    "pending",
    0,
    false,
  ]);
  strictEqual(state.tasks.get("t0")!.state, "succeeded");
  deepStrictEqual(tasksToCollect(state), ["t0"]);
  deepStrictEqual([state.finished, isIncomplete(state)], [null, false]);
});

Deno.test("a succeeded task is incomplete where results are missing or were not downloaded, a failed one is not", () => {
  const reused = ["t/log"];
  const after = (
    code: number,
    collected: { missing: string[]; notDownloaded?: string[] },
  ) => {
    const state = runStateOf(["t0"], [
      ...submittedJob("j0", ["t0"]),
      ...taskRan("j0", "t0", code),
      { type: "jobEnded", job: "j0", reason: { kind: "completed" } },
    ]);
    if (code !== 0) {
      applyEvents(state, [{ type: "taskFailed", task: "t0", code }]);
    }
    const results = [{ task: "t0", files: [], ...collected }];
    return applyEvents(state, [{ type: "collected", results }]);
  };
  ok(isIncomplete(after(0, { missing: [], notDownloaded: reused })));
  ok(isIncomplete(after(0, { missing: ["out"] })));
  ok(!isIncomplete(after(0, { missing: [] })));
  const failed = after(127, { missing: [], notDownloaded: reused });
  ok(!isIncomplete(failed));
  deepStrictEqual(failed.tasks.get("t0")!.notDownloaded, reused);
});

Deno.test("a resumed run keeps the attempts that its tasks have used", () => {
  const state = runStateOf(["t0"], [
    ...submittedJob("j0", ["t0"]),
    ...taskRan("j0", "t0", 1),
    { type: "jobEnded", job: "j0", reason: { kind: "completed" } },
    { type: "sessionEnded", reason: "interrupt" },
    samples.sessionStarted,
  ]);
  strictEqual(state.tasks.get("t0")!.failedAttempts, 1);
});

Deno.test("a late success stands, whichever job has the task now", () => {
  const progress = runStateOf(["t0"], [
    ...submittedJob("j0", ["t0"]),
    { type: "jobEnded", job: "j0", reason: { kind: "disappeared" } },
    ...submittedJob("j1", ["t0"], ["j0"]),
    { type: "taskExited", job: "j0", task: "t0", code: 0, remoteTime: 5 },
    ...taskRan("j1", "t0", 1, 7),
    { type: "jobEnded", job: "j1", reason: { kind: "superseded" } },
  ]);
  const { state, code } = progress.tasks.get("t0")!;
  deepStrictEqual([state, code], ["succeeded", 0]);
  isSound(progress);
});

Deno.test("a succeeded task stays succeeded when a rebuilt journal learns that it was resubmitted", () => {
  const state = runStateOf(["t0"], [
    ...submittedJob("j0", ["t0"]),
    ...taskRan("j0", "t0", 0),
    ...submittedJob("j1", ["t0"], ["j0"]),
  ]);
  strictEqual(state.tasks.get("t0")!.state, "succeeded");
});

Deno.test("the end of a job releases no task that a newer job has", () => {
  const progress = runStateOf(["t0"], [
    ...submittedJob("j0", ["t0"]),
    { type: "taskStarted", job: "j0", task: "t0", remoteTime: 1 },
    ...submittedJob("j1", ["t0"], ["j0"]),
    { type: "jobEnded", job: "j0", reason: { kind: "disappeared" } },
  ]);
  const { state, job, failedAttempts } = progress.tasks.get("t0")!;
  deepStrictEqual([state, job, failedAttempts], ["assigned", "j1", 0]);
});

Deno.test("a task that is no longer planned is dropped, and its active job is outdated", () => {
  const past = [
    runStarted(),
    ...submittedJob("j0", ["t0", "old"]),
    ...submittedJob("j1", ["old2"]),
    { type: "jobEnded", job: "j1", reason: { kind: "completed" } },
  ] as const;
  const progress = resumeState(past.map((e) => eventAt(e, NOON)), [
    "t0",
    "new",
  ]);
  deepStrictEqual(taskStates(progress), { t0: "assigned", new: "pending" });
  deepStrictEqual(
    [...progress.jobs].map((
      [name, { isOutdated, state }],
    ) => [name, isOutdated && state !== "final"]),
    [["j0", true], ["j1", false]],
  );
  applyEvents(progress, taskRan("j0", "old", 0));
  ok(!progress.tasks.has("old"));
  deepStrictEqual(tasksToCollect(progress), []);
  isSound(progress);
});

Deno.test("without the directory everything is to be staged again, and results that were not collected are to be computed", () => {
  const state = runStateOf(["t0", "t1"], [
    ...submittedJob("j0", ["t0"]),
    ...taskRan("j0", "t0", 0),
    { type: "jobEnded", job: "j0", reason: { kind: "completed" } },
    { type: "resultsLost", tasks: ["t0"] },
  ]);
  deepStrictEqual(taskStates(state), { t0: "pending", t1: "pending" });
  deepStrictEqual(tasksToStage(state).toSorted(), ["t0", "t1"]);
  deepStrictEqual(tasksToCollect(state), []);
});

Deno.test("a new session takes no moment of an earlier one: delays are over, graces begin again", () => {
  const tasks = ["t0", "t1"];
  const story: readonly EventData[] = [
    ...stagedRun(tasks),
    ...submittedJob("j0", ["t0"]),
    ...taskRan("j0", "t0", 1),
    { type: "jobEnded", job: "j0", reason: { kind: "completed" } },
    ...submittedJob("j1", ["t1"]),
    { type: "jobsNotListed", jobs: ["j1"] },
  ];
  const ahead = story.map((event) => eventAt(event, NOON + 7_200_000));
  const state = resumeState(ahead, tasks);
  applyEvents(state, [{ type: "sessionStarted", pid: 2, host: "here" }], 300);
  const { missedPolls, missingSince, submittedAt } = state.jobs.get("j1")!;
  deepStrictEqual(
    [state.lastChangeAt, state.sessionStartedAt, missedPolls, missingSince],
    [300, 300, 1, 300],
  );
  deepStrictEqual([state.tasks.get("t0")!.retryAt, submittedAt], [0, null]);
});

Deno.test("missed polls count in a row: any sign of the job resets them", () => {
  const absent: EventData = { type: "jobsNotListed", jobs: ["j0"] };
  const signs: readonly EventData[] = [
    samples.jobState,
    samples.jobStarted,
    samples.taskStarted,
    samples.taskExited,
  ];
  for (const sign of signs) {
    const state = runStateOf(["t0"], submittedJob("j0", ["t0"]));
    applyEvents(state, [absent, absent], NOON + 5);
    const { missedPolls, missingSince } = state.jobs.get("j0")!;
    deepStrictEqual([missedPolls, missingSince], [2, NOON + 5]);
    applyEvents(state, [sign]);
    strictEqual(state.jobs.get("j0")!.missedPolls, 0, sign.type);
  }
});

Deno.test("an earlier request to cancel ends with its session; what was cancelled stays cancelled", () => {
  const state = runStateOf(keysOf(2), [
    ...submittedJob("j0", ["t0"]),
    ...submittedJob("j1", ["t1"]),
    { type: "cancelRequested", reason: "cancel", jobs: ["j0", "j1"] },
    { type: "cancelSent", jobs: ["j0"] },
    samples.sessionStarted,
  ]);
  strictEqual(state.cancelling, null);
  deepStrictEqual(
    [...state.jobs.values()].map(({ cancel }) => cancel),
    ["accepted", "no"],
  );
});
