import { runFinished } from "../../helpers/events.ts";
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { groupFailures } from "../../../src/cli/summary/group_failures.ts";
import type { EventData } from "../../../src/model/event.ts";
import { taskRow } from "../../helpers/config.ts";
import { planOf } from "../../helpers/plan_of.ts";
import { memoryFiles } from "../../helpers/memory_files.ts";
import { fakeEnvironment } from "../../helpers/environment.ts";
import {
  eventsOfTask,
  eventsUntilSubmitted,
  planOfTasks,
  reportAll,
  runViewOf,
  summaryOf,
} from "../../helpers/run_events.ts";

const failed = runFinished("failed", { duration: 61 });

/** The summary where all tasks fail, each with its exit code and error log. */
function allFail(
  { plan, code = () => 1, err = () => "", more = [] }: {
    readonly plan: ReturnType<typeof planOfTasks>;
    readonly code?: (at: number) => number;
    readonly err?: (at: number) => string;
    readonly more?: readonly EventData[];
  },
): readonly string[] {
  const logs = plan.tasks.map(({ dir }, at) => [`/work/${dir}/err`, err(at)]);
  return summaryOf({
    plan,
    events: [
      ...plan.tasks.flatMap((_, at) => eventsOfTask(plan, at, code(at))),
      ...more,
    ],
    ending: failed,
    tree: Object.fromEntries(logs),
  });
}

/** Lines that begin a failure or name the tasks that failed in the same way. */
function subjects(lines: readonly string[]): readonly string[] {
  return lines.filter((line) => /^(task|and|\d+ more)/.test(line));
}

function countDescribed(lines: readonly string[]): number {
  return lines.filter((line) => line.startsWith("task ")).length;
}

Deno.test("tasks that failed in the same way are described once, in the order of the plan", () => {
  const lines = allFail({
    plan: planOfTasks(5),
    code: (at) => at === 1 ? 3 : 1,
    err: (at) => `cannot read /work/t${at}/in.dat (t${at})\n`,
  });
  deepStrictEqual(lines.slice(0, -2), [
    "task t0 failed: exit 1, on node7",
    "  command: python3",
    "  /work/t0/err ends with:",
    "    | cannot read /work/t0/in.dat (t0)",
    "and 3 more tasks failed in the same way: t2, t3, t4",
    "task t1 failed: exit 3, on node7",
    "  command: python3",
    "  /work/t1/err ends with:",
    "    | cannot read /work/t1/in.dat (t1)",
  ]);
});

Deno.test("another log or another command makes another group", () => {
  const logs = allFail({
    plan: planOfTasks(3),
    err: (at) => at === 1 ? "no memory\n" : "no convergence\n",
  });
  deepStrictEqual(subjects(logs), [
    "task t0 failed: exit 1, on node7",
    "and 1 more task failed in the same way: t2",
    "task t1 failed: exit 1, on node7",
  ]);
  const commands = allFail({
    plan: planOfTasks(2, {
      tasks: ["a", "b"].map((command, at) =>
        taskRow({ command, dir: `t${at}` })
      ),
    }),
  });
  strictEqual(countDescribed(commands), 2);
});

Deno.test("the name of a directory within another word, and a number that is the name of a directory, are kept", () => {
  const numbered = planOf({
    tasks: [taskRow({ command: "python3", dir: "?" })],
    resources: { tasksPerJob: 1 },
  }, { "/work/1/": "", "/work/2/": "" });
  for (
    const [plan, line, groups] of [
      [planOfTasks(2), (at: number) => `file part${at} is bad`, 2],
      [planOfTasks(2), (at: number) => `file t${at}.dat is bad`, 1],
      [numbered, (at: number) => `gave up at step ${at + 1}`, 2],
      [numbered, (at: number) => `no file /work/${at + 1}/in.dat`, 1],
    ] as const
  ) {
    strictEqual(countDescribed(allFail({ plan, err: line })), groups, line(0));
  }
});

Deno.test("where others failed in the same way on another host that is said", () => {
  const plan = planOfTasks(2);
  const events = [...eventsOfTask(plan, 0, 1), ...eventsOfTask(plan, 1, 1)].map(
    (event) =>
      event.type === "jobStarted" && event.job === "j1"
        ? { ...event, host: "node8" }
        : event,
  );
  deepStrictEqual(subjects(summaryOf({ plan, events, ending: failed })), [
    "task t0 failed: exit 1, on node7",
    "and 1 more task failed in the same way, also on other hosts: t1",
  ]);
});

/** Task 0 is ended by a signal, task 1 has another log, task 2 never started, task 3 crashed: all in one job. */
function oneJob(
  reason: Extract<EventData, { type: "jobEnded" }>["reason"],
): readonly string[] {
  const plan = planOfTasks(4);
  const keys = plan.tasks.map(({ key }) => key);
  const codes = [143, 137, null, 139];
  const each = (
    tell: (task: string, code: number) => EventData,
  ): readonly EventData[] =>
    keys.flatMap((task, at) =>
      codes[at] === null ? [] : [tell(task, codes[at]!)]
    );
  return summaryOf({
    plan,
    events: [
      { type: "jobCreated", job: "all", tasks: keys, supersedes: [] },
      { type: "jobSubmitted", job: "all", id: "7" },
      {
        type: "jobStarted",
        job: "all",
        id: "7",
        host: "node7",
        remoteTime: 100,
      },
      ...each((task) => ({
        type: "taskStarted",
        task,
        job: "all",
        remoteTime: 100,
      })),
      ...each((task, code) => ({
        ...{ type: "taskExited", task, job: "all", code, remoteTime: 110 },
      } as EventData)),
      { type: "jobEnded", job: "all", reason },
      ...keys.map((task, at): EventData => ({
        ...{ type: "taskFailed", task, code: codes[at]! },
      })),
    ],
    ending: failed,
    tree: { "/work/t0/err": "Terminated\n", "/work/t1/err": "at step 7\n" },
  });
}

Deno.test("why a whole job ended is described once, but not for a task that crashed", () => {
  for (
    const kind of [
      "cancelled",
      "timeLimit",
      "outOfMemory",
      "nodeFailure",
    ] as const
  ) {
    const groups = subjects(oneJob({ kind }));
    strictEqual(groups.length, 3, groups.join("\n"));
    ok(groups[0]!.startsWith("task t0 failed: exit 143: "), groups[0]);
    strictEqual(groups[1], "and 2 more tasks failed in the same way: t1, t2");
    ok(groups[2]!.startsWith("task t3 failed: exit 139: "), groups[2]);
  }
});

Deno.test("jobs with the same exit reason are described once, those with another separately", () => {
  const plan = planOfTasks(4);
  const events = plan.tasks.flatMap((_, at) => eventsOfTask(plan, at, 143)).map(
    (event): EventData =>
      event.type !== "jobEnded" ? event : {
        ...event,
        reason: { kind: event.job === "j2" ? "outOfMemory" : "timeLimit" },
      },
  );
  const groups = subjects(summaryOf({ plan, events, ending: failed }));
  strictEqual(groups.length, 3, groups.join("\n"));
  ok(groups[0]!.endsWith("exceeded its time limit, on node7"), groups[0]);
  strictEqual(groups[1], "and 2 more tasks failed in the same way: t1, t3");
  ok(groups[2]!.endsWith("ran out of memory, on node7"), groups[2]);
});

Deno.test("the name of another job makes no other group, neither for crashes nor for tasks that never started", () => {
  const plan = planOfTasks(2);
  const fell = [0, 1].flatMap((at) => eventsOfTask(plan, at, 139)).map(
    (event): EventData =>
      event.type === "jobEnded"
        ? { ...event, reason: { kind: "timeLimit" } }
        : event,
  );
  strictEqual(
    countDescribed(summaryOf({ plan, events: fell, ending: failed })),
    1,
  );
  const jobs = plan.tasks.map(({ key }, at) => ({ task: key, job: `j${at}` }));
  const neverBegan = jobs.flatMap(({ task, job }): readonly EventData[] => [
    { type: "jobEnded", job, reason: { kind: "completed" } },
    { type: "taskFailed", task, code: null },
  ]);
  const wrote = (words: readonly string[]) =>
    countDescribed(summaryOf({
      plan,
      events: neverBegan,
      ending: failed,
      tree: Object.fromEntries(jobs.map(({ job }, at) => [
        `${plan.remoteDir}/.dpdisp/${plan.runKey}/out/${job}`,
        words[at]!,
      ])),
    }));
  strictEqual(wrote(["no module gcc", "no module gcc"]), 1);
  strictEqual(wrote(["no module gcc", "no module mpi"]), 2);
});

Deno.test("of thousands of logs the first thousand are read, tasks with other logs are only named", () => {
  const groups = subjects(
    allFail({ plan: planOfTasks(1200), err: () => "no\n" }),
  );
  strictEqual(groups.length, 3);
  ok(
    groups[1]!.startsWith("and 999 more tasks failed in the same way: t1, "),
    groups[1],
  );
  ok(groups[2]!.startsWith("200 more tasks failed: t1000, "), groups[2]);
});

Deno.test("beyond some hundred megabytes no further log is read; one that is too large to open does not count", () => {
  const plan = planOfTasks(20);
  const view = runViewOf(plan);
  const events = plan.tasks.flatMap((_, at) => eventsOfTask(plan, at, 1));
  const environment = fakeEnvironment();
  reportAll(
    view,
    { report() {} },
    [...eventsUntilSubmitted(plan), ...events],
    environment,
  );
  const mebibytes = (size: number) => {
    const bytes = size * 2 ** 20;
    const stat = () => ({ kind: "file", bytes, modified: 1 }) as const;
    const read = () => new TextEncoder().encode("no\n");
    return { ...memoryFiles({}), stat, read };
  };
  const readOf = (size: number) =>
    groupFailures(plan.tasks, view, mebibytes(size)).flat().length;
  // The first ten always; with two logs each, two more tasks are within 256 MiB.
  strictEqual(readOf(60), 12);
  strictEqual(readOf(65), 20);
});
