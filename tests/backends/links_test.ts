import { deepStrictEqual } from "node:assert/strict";
import { nothingLanded } from "../../src/backends/landed.ts";
import { leadOf } from "../../src/backends/links.ts";

/** Where the first of these links leads. */
function lead(links: Readonly<Record<string, string>>) {
  const landed = { ...nothingLanded(), links: new Map(Object.entries(links)) };
  return leadOf(Object.keys(links)[0]!, landed, () => null, new Set());
}

Deno.test("Links that lead round in a circle are one, whether the first is in it or not", () => {
  deepStrictEqual(lead({ a: "b", b: "a" }), { to: "circle" });
  deepStrictEqual(lead({ a: "b", b: "c", c: "b" }), { to: "circle" });
});
