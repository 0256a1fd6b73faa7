import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { lastLines } from "../../../src/cli/summary/mod.ts";
import type { EventData } from "../../../src/model/event.ts";
import { memoryFiles } from "../../helpers/memory_files.ts";
import { lastOf, planWith, ranTo, sceneOf } from "../../helpers/run_events.ts";
import type { FinalEvent } from "../../../src/cli/summary/context.ts";

const failed = { type: "runFinished", outcome: "failed", dropped: 0 } as const;

Deno.test("of many different failures ten are told in full, of the others the folders", () => {
  const plan = planWith(500);
  const errors = plan.tasks.map((_, at) => [`/work/t${at}/err`, `case ${at}`]);
  const lines = lastOf({
    plan,
    past: plan.tasks.flatMap((_, at) => ranTo(plan, at, 1)),
    ending: failed,
    tree: Object.fromEntries(errors),
  });
  strictEqual(lines.filter((line) => line.startsWith("task ")).length, 10);
  const rest = lines.find((line) =>
    line.startsWith("490 more tasks failed: t10/, t11/")
  );
  ok(rest?.endsWith("t109/ and 390 more"), rest);
});

Deno.test("results that are missing and tasks that were dropped are named", () => {
  const plan = planWith(2, {
    resources: {
      tasksPerJob: 1,
      strategy: {
        gpuPerTask: false,
        unfinishedRatio: 0.5,
        headerTemplate: null,
      },
    },
  });
  const task = plan.tasks[0]!.key;
  const missing: EventData = {
    type: "collected",
    results: [{ task, files: [], missing: ["*.out"] }],
  };
  const lines = lastOf({
    plan,
    past: [...ranTo(plan, 0, 0), missing],
    ending: { ...failed, outcome: "succeeded", dropped: 1 } as FinalEvent,
  });
  deepStrictEqual(lines, [
    'task t0/ ended well, but left nothing that matches "*.out"',
    "1 task dropped, as ratio_unfinished = 0.5 allows: t1/",
    "hello.py: 1 of 2 tasks done, 1 without all its results, in 1 min 1 s; results are in /work",
  ]);
});

Deno.test("an interrupt leaves jobs and says how to come back and how to cancel", () => {
  const plan = planWith(2);
  deepStrictEqual(
    lastOf({
      plan,
      past: [],
      ending: { type: "sessionEnded", reason: "interrupt" } as FinalEvent,
    }),
    [
      "interrupted",
      "2 jobs go on without dpdisp",
      "go on with: dpdisp run hello.py",
      "cancel with: dpdisp cancel hello.py",
    ],
  );
});

Deno.test("a run that had to stop tells what failed and which jobs live", () => {
  const plan = planWith(1);
  const failure = {
    kind: "connection",
    summary: "Cannot look",
    detail: "gone",
    hint: "Look at the net",
    isRetryable: false,
  } as const;
  deepStrictEqual(
    lastOf({
      plan,
      past: [],
      ending: {
        type: "sessionEnded",
        reason: "stopped",
        failure,
      } as FinalEvent,
    }),
    [
      "Cannot look: gone\nLook at the net",
      "1 job goes on without dpdisp",
      "go on with: dpdisp run hello.py",
      "cancel with: dpdisp cancel hello.py",
    ],
  );
});

const full = (job: string): EventData => ({
  type: "jobRejected",
  job,
  isQueueFull: true,
  message: "QOSMaxSubmitJobPerUserLimit",
});

Deno.test("--exit-on-submit says which jobs are still to be handed over, and never to follow none", () => {
  const plan = planWith(6);
  const ending = {
    type: "sessionEnded",
    reason: "exit-on-submit",
  } as FinalEvent;
  const rest: EventData[] = ["j2", "j3", "j4"].map(full);
  deepStrictEqual(
    lastOf({ plan, past: [...rest, { type: "jobFenced", job: "j5" }], ending }),
    [
      "2 jobs go on without dpdisp; 4 more wait for room: the same command without --exit-on-submit hands them over",
      "follow them and bring results home with: dpdisp run hello.py",
      "cancel with: dpdisp cancel hello.py",
    ],
  );
  const one = planWith(1);
  deepStrictEqual(lastOf({ plan: one, past: [full("j0")], ending }), [
    "1 job waits for room: the same command without --exit-on-submit hands it over",
    "go on with: dpdisp run hello.py",
  ]);
  deepStrictEqual(lastOf({ plan: one, past: ranTo(one, 0, 0), ending }), [
    "every job is over",
    "bring results home with: dpdisp run hello.py",
  ]);
});

Deno.test("an interrupt says which jobs were not handed over, free tasks by the jobs that they will be", () => {
  const plan = planWith(4);
  const ending = { type: "sessionEnded", reason: "interrupt" } as FinalEvent;
  const first = (past: readonly EventData[], given = plan) =>
    lastOf({ plan: given, past, ending })[1];
  strictEqual(
    first([full("j3")]),
    "3 jobs go on without dpdisp; 1 more was not handed over: the same command hands it over",
  );
  const fenced = ["j0", "j1", "j2", "j3"].map((job): EventData => ({
    type: "jobFenced",
    job,
  }));
  strictEqual(
    first(fenced, planWith(4, { resources: { tasksPerJob: 2 } })),
    "no job is left running; 2 jobs were not handed over: the same command hands them over",
  );
});

Deno.test("cancel after a success has nothing to cancel and nothing left to run", () => {
  const plan = planWith(3);
  const ending = { type: "sessionEnded", reason: "cancel", at: 0 } as const;
  const files = memoryFiles({});
  const commands = { resume: "again", cancel: "cancel" };
  deepStrictEqual(
    lastLines(ending, {
      ...sceneOf(plan),
      commands,
      files,
      took: 1,
      cancelled: [],
    }),
    ["nothing to cancel: no job of hello.py lives"],
  );
  deepStrictEqual(
    lastOf({
      plan,
      past: [0, 1, 2].flatMap((at) => ranTo(plan, at, 0)),
      ending,
    }),
    ["no job was left to cancel", "3 of 3 tasks done before that"],
  );
});

Deno.test("--fail-fast says what failed and how many tasks it cancelled", () => {
  const plan = planWith(4);
  const others = ["j1", "j2", "j3"];
  const lines = lastOf({
    plan,
    past: [
      ...ranTo(plan, 0, 3),
      { type: "cancelRequested", reason: "fail-fast", jobs: others },
      { type: "cancelSent", jobs: others },
      ...others.map((job): EventData => ({
        type: "jobEnded",
        job,
        reason: { kind: "cancelled" },
      })),
    ],
    ending: { ...failed, dropped: 3 } as FinalEvent,
  });
  strictEqual(lines[0], "task t0/ failed: exit 3, on node7");
  strictEqual(lines.filter((line) => line.startsWith("task ")).length, 1);
  ok(lines.includes("3 tasks cancelled (--fail-fast)"), lines.join("\n"));
});

Deno.test("missing results are looked for again, what is done is not tried again", () => {
  const plan = planWith(2);
  const task = plan.tasks[0]!.key;
  const incomplete: EventData = {
    type: "collected",
    results: [{ task, files: [], missing: ["*.out"] }],
  };
  const common: EventData = {
    type: "commonCollected",
    result: { files: [], missing: ["sum"] },
  };
  const ends = (...past: readonly EventData[]) =>
    lastOf({ plan, past: [...ranTo(plan, 0, 0), ...past], ending: failed });
  const anew =
    `to run everything anew, remove /work/.dpdisp/${plan.runKey}, then: dpdisp run hello.py --forget`;
  const again = "missing results are looked for again by: dpdisp run hello.py";
  deepStrictEqual(ends(...ranTo(plan, 1, 0), incomplete), [
    'task t0/ ended well, but left nothing that matches "*.out"',
    "hello.py: 2 tasks done, 1 without all its results, in 1 min 1 s; results are in /work",
    again,
    anew,
  ]);
  deepStrictEqual(ends(...ranTo(plan, 1, 0), common).slice(-2), [again, anew]);
  deepStrictEqual(ends(...ranTo(plan, 1, 1), incomplete).slice(-3), [
    "what is not done is tried again by: dpdisp run hello.py",
    "it also looks again for the results that are missing",
    anew,
  ]);
});

Deno.test("where a folder is to be removed, its machine is named if it is another", () => {
  const plan = planWith(1, {
    machine: { context: "SSHContext", remoteRoot: "/scratch" },
  });
  const task = plan.tasks[0]!.key;
  const lines = lastOf({
    plan,
    past: [...ranTo(plan, 0, 0), {
      type: "collected",
      results: [{ task, files: [], missing: ["a", "b"] }],
    }],
    ending: failed,
  });
  const { remoteDir, runKey } = plan;
  deepStrictEqual(lines.at(-1)?.split(", "), [
    "to run everything anew",
    `remove ${remoteDir}/.dpdisp/${runKey} on far`,
    "then: dpdisp run hello.py --forget",
  ]);
});

Deno.test("results that are stuck where they were made are looked for again, and no folder is to be removed", () => {
  const plan = planWith(2);
  const lines = lastOf({
    plan,
    past: [0, 1].flatMap((at) => [...ranTo(plan, at, 0), {
      type: "collected" as const,
      results: [{
        task: plan.tasks[at]!.key,
        files: [],
        missing: [],
        notDownloaded: ["t/out"],
      }],
    }]),
    ending: failed,
  });
  deepStrictEqual(lines, [
    'of task t0/ this did not come home whole, and stays where it is: "t/out"',
    'of task t1/ this did not come home whole, and stays where it is: "t/out"',
    "hello.py: 2 tasks done, 2 without all their results, in 1 min 1 s; results are in /work",
    "missing results are looked for again by: dpdisp run hello.py",
  ]);
});
