import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { deletedResults } from "../../src/engine/deleted_results.ts";
import type { EventData } from "../../src/model/event.ts";
import { planWith } from "../helpers/simulation/mod.ts";
import { runStateOf, submittedJob, taskRan } from "../helpers/events.ts";
import { memoryFiles } from "../helpers/memory_files.ts";

const stamp = (path: string) => ({ path, bytes: 1, modified: 1 });

/** Of t0 in d0, which succeeded and left these files, with these outputs; the tree is below the work base. */
function deleted(
  left: readonly string[] | null,
  tree: readonly string[],
  { outputs = ["out"], inPlace = false, common = null as string | null } = {},
) {
  const events: readonly EventData[] = [
    ...submittedJob("j0", ["t0"]),
    ...taskRan("j0", "t0", 0),
    ...left === null ? [] : [
      {
        type: "collected",
        results: [{ task: "t0", files: left.map(stamp), missing: [] }],
      } as const,
    ],
    ...common === null ? [] : [
      {
        type: "commonCollected",
        result: { files: [stamp(common)], missing: [] },
      } as const,
    ],
  ];
  const plan = planWith(
    [{ outputs }],
    1,
    inPlace ? { machine: { context: "LazyLocalContext" } } : {},
  );
  const files = memoryFiles(
    Object.fromEntries(["d0/", ...tree].map((path) => [`/work/${path}`, ""])),
  );
  const found = deletedResults(runStateOf(["t0"], events), plan, files);
  return found && [found.tasks, found.deleted];
}

Deno.test("a result that exists, whatever was done to it, is not deleted", () => {
  strictEqual(deleted(["d0/out"], ["d0/out"]), null);
});

Deno.test("one deleted result of several is enough", () => {
  deepStrictEqual(deleted(["d0/a", "d0/b"], ["d0/a"], { outputs: ["*"] }), [
    ["t0"],
    ["d0/b"],
  ]);
});

Deno.test("a log is a result only where backward_files matches it", () => {
  strictEqual(deleted(["d0/out", "d0/log", "d0/err"], ["d0/out"]), null);
  for (const pattern of ["log", "l*", "*"]) {
    deepStrictEqual(
      deleted(["d0/out", "d0/log"], ["d0/out"], { outputs: ["out", pattern] }),
      [["t0"], ["d0/log"]],
    );
  }
});

Deno.test("what was not collected yet is collected; in place, where it was local, it is missing", () => {
  strictEqual(deleted(null, []), null);
  deepStrictEqual(deleted(null, [], { inPlace: true }), [["t0"], ["d0/out"]]);
  strictEqual(deleted(null, ["d0/out"], { inPlace: true }), null);
  strictEqual(deleted([], [], { inPlace: true }), null);
});

Deno.test("deleted common results are collected again, and no task runs for them", () => {
  deepStrictEqual(deleted(["d0/out"], ["d0/out"], { common: "all.txt" }), [
    [],
    ["all.txt"],
  ]);
});

Deno.test("a name that is not UTF-8 is looked for in the listing of its directory", () => {
  const bytes = ["d0/r\udce9"];
  strictEqual(deleted(bytes, bytes, { outputs: ["r*"] }), null);
  deepStrictEqual(deleted(bytes, [], { outputs: ["r*"] }), [["t0"], bytes]);
});

Deno.test("a result in a directory that was matched counts, one beside the task's directory too", () => {
  const inDirectory = { outputs: ["run*/x"] };
  deepStrictEqual(deleted(["d0/run1/x/deep/a"], [], inDirectory), [
    ["t0"],
    ["d0/run1/x/deep/a"],
  ]);
  strictEqual(deleted(["d0/run1/log"], [], inDirectory), null);
  deepStrictEqual(deleted(["all/a"], [], { outputs: ["../all/*"] }), [
    ["t0"],
    ["all/a"],
  ]);
  deepStrictEqual(deleted(["d0/.hidden/a"], [], { outputs: ["."] }), [
    ["t0"],
    ["d0/.hidden/a"],
  ]);
  deepStrictEqual(deleted(["d0/a[1]"], [], { outputs: ["a[1]"] }), [
    ["t0"],
    ["d0/a[1]"],
  ]);
});
