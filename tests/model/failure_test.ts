import { strictEqual } from "node:assert/strict";
import { explainFailure } from "../../src/text/result.ts";

Deno.test("what was seen stands behind what was tried, or indented below it where it has lines", () => {
  const failure = {
    kind: "transfer",
    tried: "Cannot go",
    again: false,
  } as const;
  strictEqual(explainFailure({ ...failure, saw: "full" }), "Cannot go: full");
  strictEqual(
    explainFailure({ ...failure, saw: "one\n\ntwo", advice: "Wait" }),
    "Cannot go:\n  one\n  \n  two\nWait",
  );
});
