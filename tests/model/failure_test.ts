import { strictEqual } from "node:assert/strict";
import { formatFailure } from "../../src/text/result.ts";

Deno.test("the detail follows the summary, or is indented below it where it has several lines", () => {
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
