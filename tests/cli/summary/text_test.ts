import { runFinished } from "../../helpers/events.ts";
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import type { EventData } from "../../../src/model/event.ts";
import {
  eventsOfTask,
  planOfTasks,
  summaryOf,
} from "../../helpers/run_events.ts";
import type { FinalEvent } from "../../../src/cli/summary/run_summary.ts";

const failed = runFinished("failed", { duration: 61 });

Deno.test("of many different failures ten are described in full, other tasks are only named", () => {
  const plan = planOfTasks(500);
  const errors = plan.tasks.map((_, at) => [`/work/t${at}/err`, `case ${at}`]);
  const lines = summaryOf({
    plan,
    events: plan.tasks.flatMap((_, at) => eventsOfTask(plan, at, 1)),
    ending: failed,
    tree: Object.fromEntries(errors),
  });
  strictEqual(lines.filter((line) => line.startsWith("task ")).length, 10);
  const rest = lines.find((line) =>
    line.startsWith("490 more tasks failed: t10, t11")
  );
  ok(rest?.endsWith("t109 and 390 more"), rest);
});

Deno.test("missing results and unfinished tasks are named", () => {
  const plan = planOfTasks(2, {
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
  const lines = summaryOf({
    plan,
    events: [...eventsOfTask(plan, 0, 0), missing],
    ending: runFinished("succeeded", { duration: 61, cancelled: 1 }),
  });
  deepStrictEqual(lines, [
    'task t0 succeeded, but no file matches backward_files "*.out"',
    "1 task not finished, as ratio_unfinished = 0.5 allows: t1",
    "hello.py: 1 of 2 tasks succeeded, 1 with missing results (1 min 1 s); results are in /work",
  ]);
});

Deno.test("an interrupt leaves jobs running and says how to resume and how to cancel", () => {
  const plan = planOfTasks(2);
  deepStrictEqual(
    summaryOf({
      plan,
      events: [],
      ending: { type: "sessionEnded", reason: "interrupt" } as FinalEvent,
    }),
    [
      "interrupted",
      "2 jobs keep running. Resume with: dpdisp run hello.py",
      "Cancel with: dpdisp cancel hello.py",
    ],
  );
});

Deno.test("a job that was being submitted is unconfirmed, not unsubmitted", () => {
  const plan = planOfTasks(2);
  const created: EventData = {
    type: "jobCreated",
    job: "j2",
    tasks: ["later"],
    supersedes: [],
  };
  const linesWith = (submitting: readonly string[]) =>
    summaryOf({
      plan,
      events: [created],
      ending: {
        ...{ type: "sessionEnded", reason: "interrupt", time: 0 },
        ...submitting.length > 0 && { submitting },
      } as FinalEvent,
    })[1];
  strictEqual(
    linesWith([]),
    "2 jobs keep running; 1 job is not submitted yet. Resume with: dpdisp run hello.py",
  );
  strictEqual(
    linesWith(["j2"]),
    "2 jobs keep running; 1 job is unconfirmed (it may have been submitted). Resume with: dpdisp run hello.py",
  );
});

Deno.test("a run that had to stop reports what failed and which jobs are active", () => {
  const plan = planOfTasks(1);
  const failure = {
    kind: "connection",
    summary: "Cannot look",
    detail: "gone",
    hint: "Look at the net",
    isRetryable: false,
  } as const;
  deepStrictEqual(
    summaryOf({
      plan,
      events: [],
      ending: {
        type: "sessionEnded",
        reason: "stopped",
        failure,
      } as FinalEvent,
    }),
    [
      "error: Cannot look: gone\nLook at the net",
      "1 job keeps running. Resume with: dpdisp run hello.py",
      "Cancel with: dpdisp cancel hello.py",
    ],
  );
});

Deno.test("after an error in the input the command that would end the same way is not proposed", () => {
  const failure = {
    kind: "input",
    summary: "the script changed",
    detail: "2 finished tasks would run again",
    hint: "Nothing was done",
    isRetryable: false,
  } as const;
  deepStrictEqual(
    summaryOf({
      plan: planOfTasks(6),
      events: [full("j2")],
      ending: {
        type: "sessionEnded",
        reason: "stopped",
        failure,
      } as FinalEvent,
    }),
    [
      "error: the script changed: 2 finished tasks would run again\nNothing was done",
      "5 jobs keep running",
      "Cancel with: dpdisp cancel hello.py",
    ],
  );
});

const full = (job: string): EventData => ({
  type: "jobRejected",
  job,
  isQueueFull: true,
  message: "QOSMaxSubmitJobPerUserLimit",
});

Deno.test("--exit-on-submit says which jobs are not submitted yet, and whether any is running", () => {
  const plan = planOfTasks(6);
  const ending = {
    type: "sessionEnded",
    reason: "exitOnSubmit",
  } as FinalEvent;
  const rest: EventData[] = ["j2", "j3", "j4"].map(full);
  deepStrictEqual(
    summaryOf({
      plan,
      events: [...rest, { type: "jobFenced", job: "j5" }],
      ending,
    }),
    [
      "2 jobs keep running; 4 jobs are not submitted yet. Resume with: dpdisp run hello.py",
      "Cancel with: dpdisp cancel hello.py",
    ],
  );
  const one = planOfTasks(1);
  deepStrictEqual(summaryOf({ plan: one, events: [full("j0")], ending }), [
    "no job is running; 1 job is not submitted yet. Resume with: dpdisp run hello.py",
  ]);
  deepStrictEqual(
    summaryOf({ plan: one, events: eventsOfTask(one, 0, 0), ending }),
    [
      "every job has ended. Collect the results with: dpdisp run hello.py",
    ],
  );
});

Deno.test("an interrupt says how many jobs are not submitted yet, including those that pending tasks will be packed into", () => {
  const plan = planOfTasks(4);
  const ending = { type: "sessionEnded", reason: "interrupt" } as FinalEvent;
  const first = (events: readonly EventData[], given = plan) =>
    summaryOf({ plan: given, events, ending })[1];
  strictEqual(
    first([full("j3")]),
    "3 jobs keep running; 1 job is not submitted yet. Resume with: dpdisp run hello.py",
  );
  const fenced = ["j0", "j1", "j2", "j3"].map((job): EventData => ({
    type: "jobFenced",
    job,
  }));
  strictEqual(
    first(fenced, planOfTasks(4, { resources: { tasksPerJob: 2 } })),
    "no job is running; 2 jobs are not submitted yet. Resume with: dpdisp run hello.py",
  );
});

Deno.test("cancel after a success has nothing to cancel and nothing left to run", () => {
  const plan = planOfTasks(3);
  const ending = { type: "sessionEnded", reason: "cancel", time: 0 } as const;
  deepStrictEqual(
    summaryOf({ plan, before: [], events: [], ending }),
    ["nothing to cancel: hello.py has no active jobs"],
  );
  deepStrictEqual(
    summaryOf({
      plan,
      events: [0, 1, 2].flatMap((at) => eventsOfTask(plan, at, 0)),
      ending,
    }),
    [
      "nothing to cancel: hello.py has no active jobs",
      "3 of 3 tasks succeeded before that",
    ],
  );
});

Deno.test("--fail-fast says what failed and how many tasks it cancelled", () => {
  const plan = planOfTasks(4);
  const others = ["j1", "j2", "j3"];
  const lines = summaryOf({
    plan,
    events: [
      ...eventsOfTask(plan, 0, 3),
      { type: "cancelRequested", reason: "failFast", jobs: others },
      { type: "cancelSent", jobs: others },
      ...others.map((job): EventData => ({
        type: "jobEnded",
        job,
        reason: { kind: "cancelled" },
      })),
    ],
    ending: runFinished("failed", { duration: 61, cancelled: 3 }),
  });
  strictEqual(lines[0], "task t0 failed: exit 3, on node7");
  strictEqual(lines.filter((line) => line.startsWith("task ")).length, 1);
  strictEqual(
    lines.at(-1),
    "hello.py: FAILED: 1 of 4 tasks failed, 3 cancelled (1 min 1 s)",
  );
});

Deno.test("missing results are looked for again, succeeded tasks do not run again", () => {
  const plan = planOfTasks(2);
  const task = plan.tasks[0]!.key;
  const incomplete: EventData = {
    type: "collected",
    results: [{ task, files: [], missing: ["*.out"] }],
  };
  const common: EventData = {
    type: "commonCollected",
    result: { files: [], missing: ["sum"] },
  };
  const ends = (...events: readonly EventData[]) =>
    summaryOf({
      plan,
      events: [...eventsOfTask(plan, 0, 0), ...events],
      ending: failed,
    });
  const anew =
    `to run all tasks again, remove /work/.dpdisp/${plan.runKey}, then: dpdisp run hello.py --forget`;
  const again = "to look for the missing results again: dpdisp run hello.py";
  deepStrictEqual(ends(...eventsOfTask(plan, 1, 0), incomplete), [
    'task t0 succeeded, but no file matches backward_files "*.out"',
    "results are in /work",
    again,
    anew,
    "hello.py: FAILED: 2 of 2 tasks succeeded, 1 with missing results (1 min 1 s)",
  ]);
  deepStrictEqual(ends(...eventsOfTask(plan, 1, 0), common), [
    'no file matches backward_common_files "sum"',
    "results are in /work",
    again,
    anew,
    "hello.py: FAILED: 2 of 2 tasks succeeded, common results missing (1 min 1 s)",
  ]);
  deepStrictEqual(ends(...eventsOfTask(plan, 1, 1), incomplete).slice(-4), [
    "to retry the failed tasks: dpdisp run hello.py",
    "the same command looks for the missing results again",
    anew,
    "hello.py: FAILED: 1 of 2 tasks failed, 1 succeeded, 1 with missing results (1 min 1 s)",
  ]);
});

Deno.test("where a directory is to be removed, its host is named if it is not this computer", () => {
  const plan = planOfTasks(1, {
    machine: { context: "SSHContext", remoteRoot: "/scratch" },
  });
  const task = plan.tasks[0]!.key;
  const lines = summaryOf({
    plan,
    events: [...eventsOfTask(plan, 0, 0), {
      type: "collected",
      results: [{ task, files: [], missing: ["a", "b"] }],
    }],
    ending: failed,
  });
  const { remoteDir, runKey } = plan;
  deepStrictEqual(lines.at(-2)?.split(", "), [
    "to run all tasks again",
    `remove ${remoteDir}/.dpdisp/${runKey} on far`,
    "then: dpdisp run hello.py --forget",
  ]);
});

Deno.test("results that could not be downloaded are looked for again, and no directory is to be removed", () => {
  const plan = planOfTasks(2);
  const lines = summaryOf({
    plan,
    events: [0, 1].flatMap((at) => [...eventsOfTask(plan, at, 0), {
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
    'task t0: these results could not be downloaded and are still on the remote host: "t/out"',
    'task t1: these results could not be downloaded and are still on the remote host: "t/out"',
    "results are in /work",
    "to look for the missing results again: dpdisp run hello.py",
    "hello.py: FAILED: 2 of 2 tasks succeeded, 2 with missing results (1 min 1 s)",
  ]);
});
