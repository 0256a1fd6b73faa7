import { deepStrictEqual } from "node:assert/strict";
import { once } from "../../src/text/once.ts";

Deno.test("What was made is not made again, even if it is undefined", () => {
  for (const value of [1, null, undefined]) {
    let times = 0;
    const get = once(() => (times++, value));
    deepStrictEqual([get(), get(), times], [value, value, 1]);
  }
});
