import { runFinished } from "../../helpers/events.ts";
import {
  deepStrictEqual,
  notStrictEqual,
  strictEqual,
} from "node:assert/strict";
import { type Event, eventAt } from "../../../src/model/event.ts";
import { planResumed } from "../../../src/pipeline/plan/input_snapshots.ts";
import { configOf, locatePath, taskRow } from "../../helpers/config.ts";
import { memoryHashes } from "../../helpers/hashes.ts";
import { memoryFiles } from "../../helpers/memory_files.ts";
import type { Plan } from "../../../src/model/plan.ts";

/** A task that reads and writes `state` (and, by patterns, `*.dat`), and reads `input`. */
function planned(
  tree: Readonly<Record<string, string>>,
  past: readonly Event[] = [],
): Plan {
  const files = memoryFiles({ "/work/t1/input": "input", ...tree });
  const inputs = ["state", "input", "*.dat"].filter((name) =>
    name !== "*.dat" || Object.keys(tree).some((path) => path.endsWith(".dat"))
  );
  const config = configOf({
    tasks: [taskRow({ dir: "t1", inputs, outputs: ["state", "*.dat"] })],
  });
  const around = {
    files,
    cwd: "/work",
    hashCache: memoryHashes(),
    locate: locatePath,
  };
  const checked = planResumed(config, around, () => past);
  if (!checked.ok) throw new Error(JSON.stringify(checked.error.errors));
  return checked.value.value;
}

function journalOf(
  { runKey, inputSnapshots = [] }: Plan,
  ...more: readonly Event[]
): readonly Event[] {
  const began: Event = {
    type: "runStarted",
    runKey,
    generation: 1,
    runId: "m",
    script: "/work/hello.py",
    scheduler: "Shell",
    context: "LazyLocalContext",
    version: "0",
    inputSnapshots,
    time: 0,
  };
  return [began, ...more];
}

const keyOf = ({ tasks }: Plan) => tasks[0]!.key;

Deno.test("a task that wrote over its input keeps its key while the run is open", () => {
  const first = planned({ "/work/t1/state": "before" });
  const again = planned({ "/work/t1/state": "after" }, journalOf(first));
  strictEqual(keyOf(again), keyOf(first));
  deepStrictEqual(again.inputSnapshots, first.inputSnapshots);
});

Deno.test("once the run is closed, the current content of the file counts", () => {
  const first = planned({ "/work/t1/state": "before" });
  const closed = journalOf(first, eventAt(runFinished("succeeded"), 1));
  const next = planned({ "/work/t1/state": "after" }, closed);
  notStrictEqual(keyOf(next), keyOf(first));
});

Deno.test("an input that is not a result counts as it is", () => {
  const first = planned({ "/work/t1/state": "before" });
  const again = planned(
    { "/work/t1/state": "before", "/work/t1/input": "changed" },
    journalOf(first),
  );
  notStrictEqual(keyOf(again), keyOf(first));
});

Deno.test("a file that a result's pattern matches and that did not exist at first is a result", () => {
  const before = { "/work/t1/state": "s", "/work/t1/a.dat": "a" };
  const first = planned(before);
  const again = planned({ ...before, "/work/t1/b.dat": "b" }, journalOf(first));
  strictEqual(keyOf(again), keyOf(first));
});
