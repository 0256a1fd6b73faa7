import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import type { Happening } from "../../../src/event.ts";
import { type Ending, lastLines } from "../../../src/cli/report/final.ts";
import { memoryFiles } from "../../helpers/memory_files.ts";
import {
  planWith,
  ranTo,
  sceneOf,
  tellAll,
  upToSubmitted,
} from "../../helpers/story.ts";
import { fakeWorld } from "../../helpers/world.ts";

const commands = {
  again: "dpdisp run hello.py",
  cancel: "dpdisp cancel hello.py",
};

interface Given {
  readonly plan: ReturnType<typeof planWith>;
  readonly past: readonly Happening[];
  readonly ending: Omit<Ending, "at">;
  readonly tree?: Record<string, string>;
  readonly cancelled?: readonly string[];
}

function lastOf(
  { plan, past, ending, tree = {}, cancelled = [] }: Given,
): readonly string[] {
  const scene = sceneOf(plan);
  tellAll(
    scene,
    { tell: () => {} },
    [...upToSubmitted(plan), ...past],
    fakeWorld(),
  );
  const files = memoryFiles(tree);
  return lastLines({ ...ending, at: 0 } as Ending, {
    ...scene,
    commands,
    files,
    took: 61_000,
    cancelled,
  });
}

const failed = { type: "finished", outcome: "failed", dropped: 0 } as const;

Deno.test("a task that was killed is told with its signal, tries, host, command and the end of its log", () => {
  const plan = planWith(2);
  const long = Array.from({ length: 30 }, (_, at) => `line ${at}`).join("\n");
  const lines = lastOf({
    plan,
    past: [...ranTo(plan, 0, 0), ...ranTo(plan, 1, 137)],
    ending: failed,
    tree: { "/work/t1/err": `${long}\n` },
  });
  deepStrictEqual(lines, [
    "task t1/ failed: exit 137: killed (signal 9), on node7",
    "  command: python3",
    "  /work/t1/err ends with:",
    ...Array.from({ length: 10 }, (_, at) => `    | line ${at + 20}`),
    "hello.py: 1 of 2 tasks done in 1 min 1 s; results are in /work",
    "what is not done is tried again by: dpdisp run hello.py",
  ]);
});

Deno.test("where the error log is empty the other log is shown, where none came home its place is", () => {
  const plan = planWith(2);
  const lines = lastOf({
    plan,
    past: [...ranTo(plan, 0, 1), ...ranTo(plan, 1, 1)],
    ending: failed,
    tree: {
      "/work/t0/err": "",
      "/work/t0/log": "a\x1b[31m\u0007b\rlast bar\n",
    },
  });
  ok(lines.includes("  /work/t0/log ends with:"));
  ok(lines.includes("    | last bar"));
  ok(
    lines.includes(
      "  its log is /work/t1/err on the execution side, if anywhere",
    ),
  );
});

Deno.test("python that is called python3 there is told as the line to write", () => {
  const plan = planWith(1, {
    tasks: [{
      command: "python -u",
      folder: "t*",
      inputs: [],
      outputs: [],
      out: "log",
      err: "err",
    }],
  });
  const lines = lastOf({
    plan,
    past: ranTo(plan, 0, 127, "python3"),
    ending: failed,
    tree: { "/work/t0/err": "bash: line 1: python: command not found\n" },
  });
  strictEqual(
    lines.at(-3),
    '  python was not found, python3 is there: write command = "python3 -u"',
  );
});

Deno.test("the command that a shell did not find is named, not the first word of the line", () => {
  const plan = planWith(1, {
    tasks: [{
      command: "cd x && mpirun",
      folder: "t*",
      inputs: [],
      outputs: [],
      out: "log",
      err: "err",
    }],
  });
  for (
    const said of [
      "/bin/sh: 1: mpirun: not found",
      "run.sh: line 3: mpirun: command not found",
    ]
  ) {
    const lines = lastOf({
      plan,
      past: ranTo(plan, 0, 127),
      ending: failed,
      tree: { "/work/t0/err": said },
    });
    ok(lines.at(-3)!.startsWith("  mpirun was not found: "), lines.join("\n"));
  }
});

Deno.test("a task whose job ran out of memory is told so, and not as tried without end", () => {
  const plan = planWith(1);
  const task = plan.tasks[0]!.key;
  const [begun, started] = ranTo(plan, 0, 0);
  const past: readonly Happening[] = [
    begun!,
    started!,
    {
      type: "ended",
      job: "j0",
      cause: { kind: "memory", said: "OUT_OF_MEMORY" },
    },
    { type: "gaveUp", task, code: null },
  ];
  strictEqual(
    lastOf({ plan, past, ending: failed })[0],
    "task t0/ failed: its job j0 (1000) was ended by the scheduler: out of memory (OUT_OF_MEMORY), on node7",
  );
});

Deno.test("of many failures ten are told in full, of the others the folders", () => {
  const plan = planWith(500);
  const lines = lastOf({
    plan,
    past: plan.tasks.flatMap((_, at) => ranTo(plan, at, 1)),
    ending: failed,
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
  const missing: Happening = {
    type: "collected",
    results: [{ task, files: [], missing: ["*.out"] }],
  };
  const lines = lastOf({
    plan,
    past: [...ranTo(plan, 0, 0), missing],
    ending: { ...failed, outcome: "done", dropped: 1 } as Ending,
  });
  deepStrictEqual(lines, [
    'task t0/ ended well, but left nothing that matches "*.out"',
    "1 task dropped, as ratio_unfinished = 0.5 allows: t1/",
    "hello.py: 1 of 2 tasks done in 1 min 1 s; results are in /work",
  ]);
});

Deno.test("an interrupt leaves jobs and says how to come back and how to cancel", () => {
  const plan = planWith(2);
  deepStrictEqual(
    lastOf({
      plan,
      past: [],
      ending: { type: "left", why: "interrupt" } as Ending,
    }),
    [
      "interrupted",
      "2 jobs go on without dpdisp",
      "go on with: dpdisp run hello.py",
      "cancel with: dpdisp cancel hello.py",
    ],
  );
});

Deno.test("an interrupt that cancels says how many are gone", () => {
  const plan = planWith(1);
  const past: readonly Happening[] = [
    { type: "cancelling", why: "interrupt", jobs: ["j0"] },
    { type: "cancelled", jobs: ["j0"] },
    { type: "ended", job: "j0", cause: { kind: "cancelled" } },
  ];
  const ending = { type: "left", why: "interrupt" } as Ending;
  deepStrictEqual(lastOf({ plan, past, ending, cancelled: ["j0"] }), [
    "interrupted",
    "1 job cancelled",
    "go on with: dpdisp run hello.py",
  ]);
});

Deno.test("a run that had to stop tells what failed and which jobs live", () => {
  const plan = planWith(1);
  const failure = {
    kind: "connection",
    tried: "Cannot look",
    saw: "gone",
    advice: "Look at the net",
    again: false,
  } as const;
  deepStrictEqual(
    lastOf({
      plan,
      past: [],
      ending: { type: "left", why: "stopped", failure } as Ending,
    }),
    [
      "Cannot look: gone\nLook at the net",
      "1 job goes on without dpdisp",
      "go on with: dpdisp run hello.py",
      "cancel with: dpdisp cancel hello.py",
    ],
  );
});
