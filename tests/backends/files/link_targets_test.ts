import { deepStrictEqual } from "node:assert/strict";
import { nothingReceived } from "../../../src/backends/files/received_files.ts";
import { linkTargetOf } from "../../../src/backends/files/link_targets.ts";

/** Where the first of these links leads. */
function lead(links: Readonly<Record<string, string>>) {
  const landed = {
    ...nothingReceived(),
    links: new Map(Object.entries(links)),
  };
  return linkTargetOf(
    Object.keys(links)[0]!,
    landed,
    () => null,
    new Set(),
    new Set(),
  );
}

Deno.test("A circle of links is reported as a broken link, whether it contains the first link or not", () => {
  deepStrictEqual(lead({ a: "b", b: "a" }), { to: "circle" });
  deepStrictEqual(lead({ a: "b", b: "c", c: "b" }), { to: "circle" });
});
