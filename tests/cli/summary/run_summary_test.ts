import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { runFinished } from "../../helpers/events.ts";
import { isValidLine } from "../../helpers/json_output.ts";
import {
  eventsOfTask,
  planOfTasks,
  runSummaryOf,
} from "../../helpers/run_events.ts";

const failed = runFinished("failed", { duration: 61 });

Deno.test("a program reads directory, reason, exit code, host, job and log of each failed task", () => {
  const plan = planOfTasks(4);
  const [, , third, fourth] = plan.tasks.map(({ key }) => key);
  const cause = { kind: "outOfMemory", message: "OUT_OF_MEMORY" } as const;
  const jobsLog = `${plan.remoteDir}/.dpdisp/${plan.runKey}/out/j3`;
  const summary = runSummaryOf({
    plan,
    events: [
      ...eventsOfTask(plan, 0, 0),
      ...eventsOfTask(plan, 1, 137),
      ...eventsOfTask(plan, 2, 0).slice(0, 2),
      { type: "jobEnded", job: "j2", reason: cause },
      { type: "taskFailed", task: third!, code: null },
      { type: "jobEnded", job: "j3", reason: { kind: "completed" } },
      { type: "taskFailed", task: fourth!, code: null },
    ],
    ending: failed,
    tree: {
      "/work/t1/err": "",
      "/work/t1/log": "step 1\n",
      "/work/t3/err": "an error of last week\n",
      [jobsLog]: "no such module\n",
    },
  });
  strictEqual(isValidLine({ type: "summary", ...summary }), true);
  deepStrictEqual(
    [summary.succeeded, summary.failed, summary.cancelled],
    [1, 3, 0],
  );
  deepStrictEqual(
    summary.failedTasks,
    [
      {
        reason: "exit 137: killed (signal 9)",
        code: 137,
        host: "node7",
        attempts: 1,
        log: "/work/t1/log",
      },
      {
        reason: "its job j2 (1002) ran out of memory (OUT_OF_MEMORY)",
        code: null,
        host: "node7",
        attempts: null,
        log: null,
      },
      {
        reason: "it never started",
        code: null,
        host: null,
        attempts: 1,
        log: jobsLog,
      },
    ].map((failure, at) => ({
      task: plan.tasks[at + 1]!.key,
      dir: `t${at + 1}`,
      command: "python3",
      job: `j${at + 1}`,
      ...failure,
    })),
  );
  deepStrictEqual(
    summary.failureGroups.map(({ tasks, log, hints }) => [
      ...tasks.map((key) => plan.tasks.findIndex((task) => task.key === key)),
      ...log.lines,
      hints.length,
    ]),
    [[1, "step 1", 0], [2, 1], [3, "no such module", 0]],
  );
});

Deno.test("a session that leaves its run open says what remains and how to go on", () => {
  const plan = planOfTasks(3);
  const summary = runSummaryOf({
    plan,
    events: eventsOfTask(plan, 0, 0),
    ending: { type: "sessionEnded", reason: "interrupt" },
  });
  const { outcome, exitCode, succeeded, cancelled, activeJobs } = summary;
  deepStrictEqual(
    [outcome, exitCode, succeeded, cancelled, activeJobs],
    ["interrupt", 130, 1, 0, 2],
  );
  deepStrictEqual(summary.commands, {
    resume: "dpdisp run hello.py",
    cancel: "dpdisp cancel hello.py",
  });
  strictEqual(isValidLine({ type: "summary", ...summary }), true);
});

Deno.test("a summary is plain data", () => {
  const plan = planOfTasks(2);
  const summary = runSummaryOf({
    plan,
    events: [...eventsOfTask(plan, 0, 127), ...eventsOfTask(plan, 1, 0)],
    ending: failed,
    tree: { "/work/t0/err": "sh: 1: foo: not found\n" },
  });
  deepStrictEqual(JSON.parse(JSON.stringify(summary)), summary);
});
