import { strictEqual } from "node:assert/strict";
import fc from "fast-check";
import { pythonFlag, pythonFloat } from "../../src/text/python_repr.ts";

/** Printed by CPython 3.11. */
const printed: readonly (readonly [number, string])[] = [
  [1, "1.0"],
  [0, "0.0"],
  [-0, "-0.0"],
  [0.1, "0.1"],
  [1e-4, "0.0001"],
  [1e-5, "1e-05"],
  [1.5e-7, "1.5e-07"],
  [1e15, "1000000000000000.0"],
  [1e16, "1e+16"],
  [123456789.125, "123456789.125"],
  [1.7976931348623157e308, "1.7976931348623157e+308"],
  [5e-324, "5e-324"],
  [-2.5, "-2.5"],
  [2771.7971801757812, "2771.7971801757812"],
  [20619118213653.562, "20619118213653.562"],
  [Infinity, "inf"],
  [-Infinity, "-inf"],
  [NaN, "nan"],
];

Deno.test("floats are printed as Python prints them", () => {
  for (const [value, text] of printed) strictEqual(pythonFloat(value), text);
  strictEqual(pythonFlag(true), "True");
});

Deno.test("a printed float reads back as the same number", () => {
  fc.assert(
    fc.property(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      (value) => {
        strictEqual(Object.is(Number(pythonFloat(value)), value), true);
      },
    ),
  );
});
