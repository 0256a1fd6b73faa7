import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import { pack } from "../../../src/pipeline/plan/pack.ts";

const keys = fc.uniqueArray(fc.string({ minLength: 1 }), { maxLength: 60 });

Deno.test("every task is in exactly one job", () => {
  fc.assert(fc.property(keys, fc.nat(20), (tasks, size) => {
    deepStrictEqual(pack(tasks, size).flat().sort(), tasks.toSorted());
  }));
});

Deno.test("there are as few jobs as the size allows, none empty, their sizes equal to within one task", () => {
  fc.assert(
    fc.property(keys, fc.integer({ min: 1, max: 20 }), (tasks, size) => {
      const sizes = pack(tasks, size).map((job) => job.length);
      strictEqual(sizes.length, Math.ceil(tasks.length / size));
      ok(sizes.every((length) => length > 0 && length <= size));
      if (sizes.length > 0) ok(Math.max(...sizes) - Math.min(...sizes) <= 1);
    }),
  );
});

Deno.test("tasks are dealt to jobs in turn", () => {
  deepStrictEqual(pack(["a", "b", "c", "d", "e"], 2), [["a", "d"], ["b", "e"], [
    "c",
  ]]);
});

Deno.test("size 0 puts all tasks in one job, and no tasks make no job", () => {
  deepStrictEqual(pack(["a", "b", "c"], 0), [["a", "b", "c"]]);
  deepStrictEqual(pack([], 0), []);
  deepStrictEqual(pack([], 4), []);
});
