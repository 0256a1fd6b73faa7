import { runFinished } from "../../helpers/events.ts";
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { groupFailures } from "../../../src/cli/summary/group_failures.ts";
import type { EventData } from "../../../src/model/event.ts";
import { taskRow } from "../../helpers/config.ts";
import { planOf } from "../../helpers/plan_of.ts";
import { memoryFiles } from "../../helpers/memory_files.ts";
import { fakeWorld } from "../../helpers/environment.ts";
import {
  lastOf,
  planWith,
  ranTo,
  sceneOf,
  tellAll,
  upToSubmitted,
} from "../../helpers/run_events.ts";

const failed = runFinished("failed", { duration: 61 });

/** The summary where all tasks fail, each with its exit code and error log. */
function allFail(
  { plan, code = () => 1, err = () => "", more = [] }: {
    readonly plan: ReturnType<typeof planWith>;
    readonly code?: (at: number) => number;
    readonly err?: (at: number) => string;
    readonly more?: readonly EventData[];
  },
): readonly string[] {
  const logs = plan.tasks.map(({ dir }, at) => [`/work/${dir}/err`, err(at)]);
  return lastOf({
    plan,
    past: [
      ...plan.tasks.flatMap((_, at) => ranTo(plan, at, code(at))),
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
    plan: planWith(5),
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
    plan: planWith(3),
    err: (at) => at === 1 ? "no memory\n" : "no convergence\n",
  });
  deepStrictEqual(subjects(logs), [
    "task t0 failed: exit 1, on node7",
    "and 1 more task failed in the same way: t2",
    "task t1 failed: exit 1, on node7",
  ]);
  const commands = allFail({
    plan: planWith(2, {
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
    const [plan, line, told] of [
      [planWith(2), (at: number) => `file part${at} is bad`, 2],
      [planWith(2), (at: number) => `file t${at}.dat is bad`, 1],
      [numbered, (at: number) => `gave up at step ${at + 1}`, 2],
      [numbered, (at: number) => `no file /work/${at + 1}/in.dat`, 1],
    ] as const
  ) {
    strictEqual(countDescribed(allFail({ plan, err: line })), told, line(0));
  }
});

Deno.test("where others failed in the same way on another host that is said", () => {
  const plan = planWith(2);
  const past = [...ranTo(plan, 0, 1), ...ranTo(plan, 1, 1)].map((happening) =>
    happening.type === "jobStarted" && happening.job === "j1"
      ? { ...happening, host: "node8" }
      : happening
  );
  deepStrictEqual(subjects(lastOf({ plan, past, ending: failed })), [
    "task t0 failed: exit 1, on node7",
    "and 1 more task failed in the same way, also on other hosts: t1",
  ]);
});

/** Task 0 is ended by a signal, task 1 has another log, task 2 never started, task 3 crashed: all in one job. */
function oneJob(
  cause: Extract<EventData, { type: "jobEnded" }>["reason"],
): readonly string[] {
  const plan = planWith(4);
  const keys = plan.tasks.map(({ key }) => key);
  const codes = [143, 137, null, 139];
  const each = (
    tell: (task: string, code: number) => EventData,
  ): readonly EventData[] =>
    keys.flatMap((task, at) =>
      codes[at] === null ? [] : [tell(task, codes[at]!)]
    );
  return lastOf({
    plan,
    past: [
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
      { type: "jobEnded", job: "all", reason: cause },
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
    const told = subjects(oneJob({ kind }));
    strictEqual(told.length, 3, told.join("\n"));
    ok(told[0]!.startsWith("task t0 failed: exit 143: "), told[0]);
    strictEqual(told[1], "and 2 more tasks failed in the same way: t1, t2");
    ok(told[2]!.startsWith("task t3 failed: exit 139: "), told[2]);
  }
});

Deno.test("jobs with the same exit reason are described once, those with another separately", () => {
  const plan = planWith(4);
  const past = plan.tasks.flatMap((_, at) => ranTo(plan, at, 143)).map(
    (happening): EventData =>
      happening.type !== "jobEnded" ? happening : {
        ...happening,
        reason: { kind: happening.job === "j2" ? "outOfMemory" : "timeLimit" },
      },
  );
  const told = subjects(lastOf({ plan, past, ending: failed }));
  strictEqual(told.length, 3, told.join("\n"));
  ok(told[0]!.endsWith("exceeded its time limit, on node7"), told[0]);
  strictEqual(told[1], "and 2 more tasks failed in the same way: t1, t3");
  ok(told[2]!.endsWith("ran out of memory, on node7"), told[2]);
});

Deno.test("the name of another job makes no other group, neither for crashes nor for tasks that never started", () => {
  const plan = planWith(2);
  const fell = [0, 1].flatMap((at) => ranTo(plan, at, 139)).map(
    (happening): EventData =>
      happening.type === "jobEnded"
        ? { ...happening, reason: { kind: "timeLimit" } }
        : happening,
  );
  strictEqual(countDescribed(lastOf({ plan, past: fell, ending: failed })), 1);
  const jobs = plan.tasks.map(({ key }, at) => ({ task: key, job: `j${at}` }));
  const neverBegan = jobs.flatMap(({ task, job }): readonly EventData[] => [
    { type: "jobEnded", job, reason: { kind: "completed" } },
    { type: "taskFailed", task, code: null },
  ]);
  const wrote = (words: readonly string[]) =>
    countDescribed(lastOf({
      plan,
      past: neverBegan,
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
  const told = subjects(allFail({ plan: planWith(1200), err: () => "no\n" }));
  strictEqual(told.length, 3);
  ok(
    told[1]!.startsWith("and 999 more tasks failed in the same way: t1, "),
    told[1],
  );
  ok(told[2]!.startsWith("200 more tasks failed: t1000, "), told[2]);
});

Deno.test("beyond some hundred megabytes no further log is read; one that is too large to open does not count", () => {
  const plan = planWith(20);
  const scene = sceneOf(plan);
  const past = plan.tasks.flatMap((_, at) => ranTo(plan, at, 1));
  const world = fakeWorld();
  tellAll(scene, { report() {} }, [...upToSubmitted(plan), ...past], world);
  const mebibytes = (size: number) => {
    const bytes = size * 2 ** 20;
    const stat = () => ({ kind: "file", bytes, modified: 1 }) as const;
    const read = () => new TextEncoder().encode("no\n");
    return { ...memoryFiles({}), stat, read };
  };
  const readOf = (size: number) =>
    groupFailures(plan.tasks, scene, mebibytes(size)).flat().length;
  // The first ten always; with two logs each, two more tasks are within 256 MiB.
  strictEqual(readOf(60), 12);
  strictEqual(readOf(65), 20);
});
