import { deepStrictEqual } from "node:assert/strict";
import { checkLines } from "../../src/cli/doctor_lines.ts";

Deno.test("further lines and the hint are indented below the first", () => {
  const lines = checkLines({
    name: "tar",
    state: "error",
    kind: "transfer",
    detail: "one\ntwo three",
    hint: "Ask\nthem",
  });
  deepStrictEqual(lines, [
    "error tar          one",
    "                   two three",
    "                   Ask",
    "                   them",
  ]);
});
