import { strictEqual } from "node:assert/strict";
import { formatFailure } from "../../src/text/result.ts";

Deno.test("what was seen stands behind what was tried, or indented below it where it has lines", () => {
  const failure = {
    kind: "transfer",
    summary: "Cannot go",
    isRetryable: false,
  } as const;
  strictEqual(formatFailure({ ...failure, detail: "full" }), "Cannot go: full");
  strictEqual(
    formatFailure({ ...failure, detail: "one\n\ntwo", hint: "Wait" }),
    "Cannot go:\n  one\n  \n  two\nWait",
  );
});
