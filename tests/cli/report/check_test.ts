import { deepStrictEqual } from "node:assert/strict";
import { checkLines } from "../../../src/cli/report/check.ts";

Deno.test("What the far side said cannot move the cursor", () => {
  const lines = checkLines({
    name: "tar",
    state: "bad",
    kind: "transfer",
    saw: "one\x1b[2J\r\ntwo\rthree",
    advice: "Ask \x1b[1mthem",
  });
  deepStrictEqual(lines, [
    "bad   tar          one?[2J",
    "                   two?three",
    "                   Ask ?[1mthem",
  ]);
});
