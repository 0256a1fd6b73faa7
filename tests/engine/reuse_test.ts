import { deepStrictEqual } from "node:assert/strict";
import {
  type CollectedTask,
  eventAt,
  type EventData,
} from "../../src/model/event.ts";
import { unchangedResults } from "../../src/engine/reuse.ts";
import { planWith } from "../helpers/simulation/mod.ts";
import { NOON } from "../helpers/events.ts";
import { memoryFiles } from "../helpers/memory_files.ts";

const plan = planWith(2, 1);

const result = (
  task: string,
  path: string,
  rest: Partial<CollectedTask> = {},
) => ({
  task,
  files: [{ path, bytes: 1, modified: 1 }],
  missing: [],
  ...rest,
});

const exited = (task: string, code = 0): EventData => ({
  type: "taskExited",
  job: "j0",
  task,
  code,
  remoteTime: 1,
});

/** Keys of the tasks whose results stand, after what happened, with these files here. */
function stands(
  events: readonly EventData[],
  tree: Readonly<Record<string, string>>,
  of = plan,
): readonly string[] {
  const past = events.map((each) => eventAt(each, NOON));
  return unchangedResults(past, of, memoryFiles({ "/work/": "", ...tree }))
    .map(({ task }) => task);
}

const both: readonly EventData[] = [
  exited("t0"),
  exited("t1"),
  { type: "collected", results: [result("t0", "d0/out")] },
  { type: "collected", results: [result("t1", "d1/out")] },
];
const files = { "/work/d0/out": "x", "/work/d1/out": "x" };

Deno.test("results that are as they were collected are reused", () => {
  deepStrictEqual(stands(both, files), ["t0", "t1"]);
});

Deno.test("a deleted result, or one with another size, is not reused", () => {
  deepStrictEqual(stands(both, { "/work/d1/out": "x" }), ["t1"]);
  deepStrictEqual(stands(both, { ...files, "/work/d1/out": "xy" }), ["t0"]);
});

Deno.test("a result that was written since is not reused", () => {
  const stamp = { path: "d0/out", bytes: 1, modified: 0 };
  const older = result("t0", "", { files: [stamp] });
  deepStrictEqual(
    stands([exited("t0"), { type: "collected", results: [older] }], files),
    [],
  );
});

Deno.test("results that failed, were incomplete or are of another plan are not reused", () => {
  const failed = result("t0", "d0/out");
  const half = result("t1", "d1/out", { missing: ["other"] });
  const other = result("t9", "d0/out");
  deepStrictEqual(
    stands([
      exited("t0", 1),
      exited("t1"),
      exited("t9"),
      { type: "collected", results: [failed, half, other] },
    ], files),
    [],
  );
});

Deno.test("what was reused once is reused again", () => {
  const results = [result("t0", "d0/out")];
  deepStrictEqual(stands([{ type: "resultsReused", results }], files), ["t0"]);
});

Deno.test("the logs of a failed attempt are not reused as results of the next", () => {
  const logs = result("t0", "d0/log");
  deepStrictEqual(
    stands([
      exited("t0", 1),
      { type: "collected", results: [logs] },
      exited("t0"),
      { type: "collected", results: [result("t0", "d0/out")] },
    ], files),
    ["t0"],
  );
});

Deno.test("a log that changed or was deleted does not count, unless backward_files matches it", () => {
  const files = ["d0/out", "d0/log"].map((path) => ({
    ...{ path, bytes: 1, modified: 1 },
  }));
  const past: readonly EventData[] = [
    exited("t0"),
    { type: "collected", results: [result("t0", "", { files })] },
  ];
  const tree = { "/work/d0/out": "x" };
  deepStrictEqual(stands(past, tree), ["t0"]);
  const wanted = planWith([{ outputs: ["out", "l*"] }], 1);
  deepStrictEqual(stands(past, tree, wanted), []);
});
