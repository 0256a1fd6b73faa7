import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import { naturalOrder } from "../../src/text/sort.ts";

const name = fc.string({
  unit: fc.constantFrom("a", "b", "0", "1", "9", "/", "-", ".", "é"),
  maxLength: 8,
});

Deno.test("numbers in names count as numbers", () => {
  deepStrictEqual(
    ["task10", "task2", "task1", "b", "task2/x10", "task2/x9", "task"].sort(
      naturalOrder,
    ),
    ["b", "task", "task1", "task2", "task2/x9", "task2/x10", "task10"],
  );
});

Deno.test("numbers of any length are compared correctly", () => {
  const long = "9".repeat(40);
  deepStrictEqual([`a1${long}`, `a${long}`].sort(naturalOrder), [
    `a${long}`,
    `a1${long}`,
  ]);
});

Deno.test("leading zeros of a number do not count while something else differs", () => {
  deepStrictEqual(["a01b", "a1", "a01"].sort(naturalOrder), [
    "a01",
    "a1",
    "a01b",
  ]);
});

Deno.test("the order is total: antisymmetric, transitive, and only equal text is equal", () => {
  fc.assert(
    fc.property(name, name, name, (a, b, c) => {
      strictEqual(
        Math.sign(naturalOrder(a, b)),
        -Math.sign(naturalOrder(b, a)) + 0,
      );
      strictEqual(naturalOrder(a, b) === 0, a === b);
      if (naturalOrder(a, b) <= 0 && naturalOrder(b, c) <= 0) {
        ok(naturalOrder(a, c) <= 0, `${a} ${b} ${c}`);
      }
    }),
    { numRuns: 2000 },
  );
});

Deno.test("of two names that differ in one number the smaller number comes first", () => {
  const number = fc.nat();
  fc.assert(
    fc.property(
      fc.constantFrom("", "a", "a-", "x/"),
      number,
      number,
      (before, a, b) => {
        strictEqual(
          Math.sign(naturalOrder(`${before}${a}z`, `${before}${b}z`)),
          Math.sign(a - b),
        );
      },
    ),
  );
});
