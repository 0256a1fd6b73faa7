import { deepStrictEqual, strictEqual } from "node:assert/strict";
import type { EventData } from "../../src/model/event.ts";
import type { RunState } from "../../src/model/run_state/mod.ts";
import { remoteStateEvents } from "../../src/engine/remote_state.ts";
import {
  collectedNext,
  fold,
  handedOver,
  jobStates,
  packed,
  progressOf,
  ran,
  stagedNext,
  taskStates,
} from "../helpers/events.ts";
import type { JobRecord } from "../../src/model/job_record.ts";
import type {
  RemoteState,
  SubmitReply,
} from "../../src/model/backend_messages.ts";

const mark = "mmmmmmm1";

const nothing: RemoteState = {
  remoteDir: "/far",
  host: "far",
  cpus: 4,
  runId: mark,
  isClosed: false,
  lease: { holder: "self" },
  isSubmitting: false,
  maxElements: null,
  plannedJobs: [],
  submitReplies: new Map(),
  fenced: [],
  owners: new Map(),
  records: [],
};

/** A session that has asked nothing yet, after what its journal says. */
function resumed(
  tasks: readonly string[],
  past: readonly EventData[] = [],
): RunState {
  const opened: EventData = {
    type: "sessionStarted",
    pid: 1,
    host: "here",
  };
  return progressOf(tasks, [...past, opened]);
}

/** Folds what a survey says; gives it back without its last word. */
function read(
  state: RunState,
  remote: Partial<RemoteState>,
): readonly EventData[] {
  const told: EventData[] = [];
  for (
    const event of remoteStateEvents(
      state,
      { ...nothing, ...remote },
      false,
    )
  ) {
    fold(state, [event]);
    told.push(event);
  }
  strictEqual(told.at(-1)?.type, "remoteInspected");
  return told.slice(0, -1);
}

const job = (
  name: string,
  tasks: readonly string[],
  after: readonly string[] = [],
) => ({ name, tasks, supersedes: after });

const accepted = (job: string) =>
  ({ job, outcome: "accepted", id: `#${job}` }) as const;

const answered = (
  ...answers: readonly SubmitReply[]
): RemoteState["submitReplies"] =>
  new Map(answers.map((answer) => [answer.job, answer]));

function records(
  job: string,
  ...facts: readonly object[]
): readonly JobRecord[] {
  return facts.map((fact) => ({ job, element: null, ...fact }) as JobRecord);
}

const begin = (id: string) => ({ type: "jobStarted", id, host: "n", time: 1 });
const start = { type: "taskStarted", task: "t0", time: 1 };
const exit = (code: number) => ({
  type: "taskExited",
  task: "t0",
  code,
  time: 2,
});
const end = { type: "jobEnded", failed: 0, time: 3 };

Deno.test("a journal that knows all of it learns nothing", () => {
  const past = [
    ...handedOver("j0", ["t0"]),
    {
      type: "jobStarted",
      job: "j0",
      id: "#j0",
      host: "n",
      remoteTime: 1,
    } as const,
    ...ran("j0", "t0", 0),
    { type: "jobEnded", job: "j0", reason: { kind: "completed" } } as const,
  ];
  deepStrictEqual(
    read(resumed(["t0"], past), {
      plannedJobs: [job("j0", ["t0"])],
      submitReplies: answered(accepted("j0")),
      records: records("j0", begin("#j0"), start, exit(0), end),
    }),
    [],
  );
});

Deno.test("a lost journal is rebuilt: what runs, runs, and what is done is not run again", () => {
  const state = resumed(["t0", "t1", "t2"]);
  read(state, {
    plannedJobs: [job("j0", ["t0"]), job("j1", ["t1"])],
    submitReplies: answered(accepted("j0"), accepted("j1")),
    records: records("j0", begin("#j0"), start, exit(0), end),
  });
  deepStrictEqual(taskStates(state), {
    t0: "succeeded",
    t1: "assigned",
    t2: "pending",
  });
  deepStrictEqual(jobStates(state), { j0: "final", j1: "submitted" });
  deepStrictEqual(collectedNext(state), ["t0"]);
});

Deno.test("a task that was handed over again belongs to the newer job, in whatever order records come", () => {
  const progress = resumed(["t0"]);
  read(progress, {
    plannedJobs: [job("j0", ["t0"]), job("j1", ["t0"], ["j0"])],
    submitReplies: answered(accepted("j0"), accepted("j1")),
    records: records("j0", begin("#j0"), start, exit(1), end),
  });
  const { state, job: holder, failedAttempts } = progress.tasks.get("t0")!;
  deepStrictEqual([state, holder, failedAttempts], ["assigned", "j1", 1]);
});

Deno.test("an intent without an answer may have been handed over", () => {
  const state = resumed(["t0"], [packed("j0", ["t0"])]);
  const intents = [job("j0", ["t0"])];
  const tries = new Map([["j0", null]]);
  deepStrictEqual(
    read(state, { plannedJobs: intents, submitReplies: tries }),
    [
      { type: "jobUnconfirmed", job: "j0" },
    ],
  );
});

Deno.test("an answer that nobody could read says no more than none", () => {
  const state = resumed(["t0"], [
    packed("j0", ["t0"]),
    { type: "jobUnconfirmed", job: "j0" },
  ]);
  const tries = answered({ job: "j0", outcome: "unconfirmed", message: "" });
  const intents = [job("j0", ["t0"])];
  deepStrictEqual(
    read(state, { plannedJobs: intents, submitReplies: tries }),
    [],
  );
  deepStrictEqual(jobStates(state), { j0: "unconfirmed" });
});

Deno.test("a job that has begun was handed over, though no answer to its submit is known", () => {
  const state = resumed(["t0"], [packed("j0", ["t0"])]);
  read(state, {
    plannedJobs: [job("j0", ["t0"])],
    submitReplies: new Map([["j0", null]]),
    records: records("j0", begin("77"), start),
  });
  deepStrictEqual(jobStates(state), { j0: "running" });
  strictEqual(state.jobs.get("j0")!.id, "77");
});

Deno.test("refused and fenced jobs, and those that were never tried, set their tasks free at no cost", () => {
  const tasks = ["t0", "t1", "t2", "t3"];
  const past = tasks.map((key, at) => packed(`j${at}`, [key]));
  const state = resumed(tasks, past);
  read(state, {
    plannedJobs: [0, 1, 2].map((at) => job(`j${at}`, [`t${at}`])),
    submitReplies: answered(
      { job: "j0", outcome: "rejected", message: "" },
      { job: "j1", outcome: "queueFull", message: "" },
    ),
    fenced: ["j2"],
  });
  deepStrictEqual(
    taskStates(state),
    Object.fromEntries(tasks.map((key) => [key, "pending"])),
  );
  ok0(
    [...state.tasks.values()].map(({ failedAttempts, schedulerLosses }) =>
      failedAttempts + schedulerLosses
    ),
  );
});

function ok0(counts: readonly number[]): void {
  deepStrictEqual(counts, counts.map(() => 0));
}

Deno.test("a session that asks again in its midst keeps the jobs that it has not tried yet", () => {
  const state = progressOf(["t0"], [packed("j0", ["t0"])]);
  deepStrictEqual(read(state, {}), []);
  deepStrictEqual(jobStates(state), { j0: "ready" });
});

Deno.test("another run's folder tells nothing about this one", () => {
  const state = resumed(["t0"]);
  read(state, {
    runId: "foreign0",
    plannedJobs: [job("x0", ["t0"])],
    submitReplies: answered(accepted("x0")),
  });
  strictEqual(state.jobs.size, 0);
  strictEqual(state.isRemoteDirPresent, false);
});

Deno.test("a closed folder is as good as none", () => {
  const state = resumed(["t0"], handedOver("j0", ["t0"]));
  deepStrictEqual(read(state, { isClosed: true }), [
    { type: "resultsLost", tasks: [] },
  ]);
  strictEqual(state.isRemoteDirPresent, false);
});

Deno.test("with its folder go the results that were not at home yet, and what was staged", () => {
  const state = resumed(["t0", "t1"], [
    ...handedOver("j0", ["t0", "t1"]),
    ...ran("j0", "t0", 0),
    ...ran("j0", "t1", 0),
    { type: "jobEnded", job: "j0", reason: { kind: "completed" } },
    {
      type: "collected",
      results: [{ task: "t1", files: [], missing: [] }],
    },
  ]);
  deepStrictEqual(read(state, { runId: null }), [
    { type: "resultsLost", tasks: ["t0"] },
  ]);
  deepStrictEqual(taskStates(state), { t0: "pending", t1: "succeeded" });
  deepStrictEqual(stagedNext(state), ["t0"]);
});

Deno.test("who holds a job's lock runs it, whatever was answered or tried", () => {
  const intents = [job("a", ["t1"]), job("b", ["t2"])];
  const answers = [
    null,
    { job: "a", outcome: "rejected", message: "killed" } as const,
  ];
  for (const answer of answers) {
    const told = read(resumed(["t1", "t2"]), {
      plannedJobs: intents,
      submitReplies: new Map([["a", answer], ["b", null]]),
      owners: new Map([["a", "77"]]),
    });
    deepStrictEqual(
      told.filter((event) => "job" in event && event.job === "a")
        .map(({ type }) => type),
      ["jobCreated", "jobSubmitted"],
    );
  }
});

Deno.test("what was not tried, or was refused, is free again; while a submit script is at work nobody knows", () => {
  const intents = [job("a", ["t1"]), job("b", ["t2"]), job("c", ["t3"])];
  const tries = new Map([
    ["a", null],
    ["c", { job: "c", outcome: "queueFull", message: "" } as const],
  ]);
  const kinds = (submitting: boolean) =>
    read(resumed(["t1", "t2", "t3"]), {
      plannedJobs: intents,
      submitReplies: tries,
      isSubmitting: submitting,
    })
      .flatMap((event) =>
        event.type === "jobFenced" || event.type === "jobUnconfirmed"
          ? [`${event.job} ${event.type}`]
          : []
      );
  deepStrictEqual(kinds(false), [
    "a jobUnconfirmed",
    "b jobFenced",
    "c jobFenced",
  ]);
  deepStrictEqual(kinds(true), [
    "a jobUnconfirmed",
    "b jobUnconfirmed",
    "c jobUnconfirmed",
  ]);
});

Deno.test("what a submit that broke off was to hand over may still come: no other answer is believed", () => {
  const past = [packed("b", ["t2"]), packed("c", ["t3"])];
  const state = progressOf(["t2", "t3"], [
    ...past,
    { type: "jobUnconfirmed", job: "b" },
    { type: "jobUnconfirmed", job: "c" },
  ]);
  const intents = [job("b", ["t2"]), job("c", ["t3"])];
  const tries = answered({ job: "c", outcome: "queueFull", message: "" });
  deepStrictEqual(
    read(state, { plannedJobs: intents, submitReplies: tries }),
    [],
  );
  deepStrictEqual(jobStates(state), { b: "unconfirmed", c: "unconfirmed" });
});
