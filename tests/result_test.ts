import { strictEqual } from "node:assert/strict";
import { explainFailure } from "../src/result.ts";

Deno.test("others' words are shown, not obeyed by the terminal", () => {
  const saw = "tar: \x1b[2Jname\x07\r\nsecond\tline\x9b1m é";
  strictEqual(
    explainFailure({ kind: "transfer", tried: "Cannot go", saw, again: false }),
    "Cannot go:\n  tar: ?[2Jname?\n  second\tline?1m é",
  );
});
