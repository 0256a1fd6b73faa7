import { deepStrictEqual } from "node:assert/strict";
import { checkLines } from "../../src/cli/doctor_lines.ts";

Deno.test("every line of what was seen and of the advice stands below the first", () => {
  const lines = checkLines({
    name: "tar",
    state: "bad",
    kind: "transfer",
    detail: "one\ntwo three",
    hint: "Ask\nthem",
  });
  deepStrictEqual(lines, [
    "bad   tar          one",
    "                   two three",
    "                   Ask",
    "                   them",
  ]);
});
