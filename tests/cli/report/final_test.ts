import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import type { Ending } from "../../../src/cli/report/final.ts";
import type { Happening } from "../../../src/event.ts";
import { lastOf, planWith, ranTo } from "../../helpers/story.ts";

const failed = { type: "finished", outcome: "failed", dropped: 0 } as const;

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
