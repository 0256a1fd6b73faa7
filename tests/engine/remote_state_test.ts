import { emptyRemoteState } from "../helpers/remote_state.ts";
import { deepStrictEqual, strictEqual } from "node:assert/strict";
import type { EventData } from "../../src/model/event.ts";
import type { RunState } from "../../src/model/run_state/mod.ts";
import { remoteStateEvents } from "../../src/engine/remote_state.ts";
import {
  applyEvents,
  jobCreated,
  jobStates,
  runStateOf,
  submittedJob,
  taskRan,
  taskStates,
  tasksToCollect,
  tasksToStage,
} from "../helpers/events.ts";
import type { JobRecord } from "../../src/model/job_record.ts";
import type {
  RemoteState,
  SubmitReply,
} from "../../src/model/backend_messages.ts";

const nothing = emptyRemoteState;

/** A session that has asked nothing yet, after what its journal says. */
function resumed(
  tasks: readonly string[],
  earlier: readonly EventData[] = [],
): RunState {
  const opened: EventData = {
    type: "sessionStarted",
    pid: 1,
    host: "here",
  };
  return runStateOf(tasks, [...earlier, opened]);
}

/** Folds what a survey says; gives it back without its last word. */
function read(
  state: RunState,
  remote: Partial<RemoteState>,
): readonly EventData[] {
  const events: EventData[] = [];
  for (
    const event of remoteStateEvents(
      state,
      { ...nothing, ...remote },
      { explainsEnds: false },
    )
  ) {
    applyEvents(state, [event]);
    events.push(event);
  }
  strictEqual(events.at(-1)?.type, "remoteInspected");
  return events.slice(0, -1);
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

Deno.test("a complete journal learns nothing from the remote state", () => {
  const earlier = [
    ...submittedJob("j0", ["t0"]),
    {
      type: "jobStarted",
      job: "j0",
      id: "#j0",
      host: "n",
      remoteTime: 1,
    } as const,
    ...taskRan("j0", "t0", 0),
    { type: "jobEnded", job: "j0", reason: { kind: "completed" } } as const,
  ];
  deepStrictEqual(
    read(resumed(["t0"], earlier), {
      plannedJobs: [job("j0", ["t0"])],
      submitReplies: answered(accepted("j0")),
      records: records("j0", begin("#j0"), start, exit(0), end),
    }),
    [],
  );
});

Deno.test("a lost journal is rebuilt: running jobs keep running, finished tasks do not run again", () => {
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
  deepStrictEqual(tasksToCollect(state), ["t0"]);
});

Deno.test("a resubmitted task belongs to the newer job, in whatever order records are read", () => {
  const progress = resumed(["t0"]);
  read(progress, {
    plannedJobs: [job("j0", ["t0"]), job("j1", ["t0"], ["j0"])],
    submitReplies: answered(accepted("j0"), accepted("j1")),
    records: records("j0", begin("#j0"), start, exit(1), end),
  });
  const { state, job: holder, failedAttempts } = progress.tasks.get("t0")!;
  deepStrictEqual([state, holder, failedAttempts], ["assigned", "j1", 1]);
});

Deno.test("a planned job without a reply is unconfirmed", () => {
  const state = resumed(["t0"], [jobCreated("j0", ["t0"])]);
  const plannedJobs = [job("j0", ["t0"])];
  const submitReplies = new Map([["j0", null]]);
  deepStrictEqual(
    read(state, { plannedJobs, submitReplies }),
    [
      { type: "jobUnconfirmed", job: "j0" },
    ],
  );
});

Deno.test("a reply that cannot be read counts as none", () => {
  const state = resumed(["t0"], [
    jobCreated("j0", ["t0"]),
    { type: "jobUnconfirmed", job: "j0" },
  ]);
  const submitReplies = answered({
    job: "j0",
    outcome: "unconfirmed",
    message: "",
  });
  const plannedJobs = [job("j0", ["t0"])];
  deepStrictEqual(
    read(state, { plannedJobs, submitReplies }),
    [],
  );
  deepStrictEqual(jobStates(state), { j0: "unconfirmed" });
});

Deno.test("a started job was submitted, though no reply to its submit is known", () => {
  const state = resumed(["t0"], [jobCreated("j0", ["t0"])]);
  read(state, {
    plannedJobs: [job("j0", ["t0"])],
    submitReplies: new Map([["j0", null]]),
    records: records("j0", begin("77"), start),
  });
  deepStrictEqual(jobStates(state), { j0: "running" });
  strictEqual(state.jobs.get("j0")!.id, "77");
});

Deno.test("rejected and fenced jobs, and those that were never submitted, release their tasks without an attempt", () => {
  const tasks = ["t0", "t1", "t2", "t3"];
  const earlier = tasks.map((key, at) => jobCreated(`j${at}`, [key]));
  const state = resumed(tasks, earlier);
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

Deno.test("a session that inspects again in the middle keeps the jobs that it has not submitted yet", () => {
  const state = runStateOf(["t0"], [jobCreated("j0", ["t0"])]);
  deepStrictEqual(read(state, {}), []);
  deepStrictEqual(jobStates(state), { j0: "ready" });
});

Deno.test("another run's directory says nothing about this run", () => {
  const state = resumed(["t0"]);
  read(state, {
    runId: "foreign0",
    plannedJobs: [job("x0", ["t0"])],
    submitReplies: answered(accepted("x0")),
  });
  strictEqual(state.jobs.size, 0);
  strictEqual(state.isRemoteDirPresent, false);
});

Deno.test("a closed directory counts as none", () => {
  const state = resumed(["t0"], submittedJob("j0", ["t0"]));
  deepStrictEqual(read(state, { isClosed: true }), [
    { type: "resultsLost", tasks: [] },
  ]);
  strictEqual(state.isRemoteDirPresent, false);
});

Deno.test("without the directory, results that were not collected are lost, and nothing is staged", () => {
  const state = resumed(["t0", "t1"], [
    ...submittedJob("j0", ["t0", "t1"]),
    ...taskRan("j0", "t0", 0),
    ...taskRan("j0", "t1", 0),
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
  deepStrictEqual(tasksToStage(state), ["t0"]);
});

Deno.test("the holder of a job's lock runs it, whatever was replied or submitted", () => {
  const plannedJobs = [job("a", ["t1"]), job("b", ["t2"])];
  const answers = [
    null,
    { job: "a", outcome: "rejected", message: "killed" } as const,
  ];
  for (const answer of answers) {
    const events = read(resumed(["t1", "t2"]), {
      plannedJobs,
      submitReplies: new Map([["a", answer], ["b", null]]),
      owners: new Map([["a", "77"]]),
    });
    deepStrictEqual(
      events.filter((event) => "job" in event && event.job === "a")
        .map(({ type }) => type),
      ["jobCreated", "jobSubmitted"],
    );
  }
});

Deno.test("what was not submitted, or was rejected, is pending again; while a submit script is running it is unconfirmed", () => {
  const plannedJobs = [job("a", ["t1"]), job("b", ["t2"]), job("c", ["t3"])];
  const submitReplies = new Map([
    ["a", null],
    ["c", { job: "c", outcome: "queueFull", message: "" } as const],
  ]);
  const kinds = (submitting: boolean) =>
    read(resumed(["t1", "t2", "t3"]), {
      plannedJobs,
      submitReplies,
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

Deno.test("what an interrupted submit planned may still be submitted: no other reply counts", () => {
  const earlier = [jobCreated("b", ["t2"]), jobCreated("c", ["t3"])];
  const state = runStateOf(["t2", "t3"], [
    ...earlier,
    { type: "jobUnconfirmed", job: "b" },
    { type: "jobUnconfirmed", job: "c" },
  ]);
  const plannedJobs = [job("b", ["t2"]), job("c", ["t3"])];
  const submitReplies = answered({
    job: "c",
    outcome: "queueFull",
    message: "",
  });
  deepStrictEqual(
    read(state, { plannedJobs, submitReplies }),
    [],
  );
  deepStrictEqual(jobStates(state), { b: "unconfirmed", c: "unconfirmed" });
});
