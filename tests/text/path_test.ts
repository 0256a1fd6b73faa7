import { ok, strictEqual } from "node:assert/strict";
import { normalize } from "node:path/posix";
import fc from "fast-check";
import {
  isOutside,
  join,
  normalise,
  parent,
  resolve,
} from "../../src/text/path.ts";

const path = fc.string({
  unit: fc.constantFrom("/", ".", "a", "b c", "..", "./", "\n"),
  maxLength: 12,
});

Deno.test("a path is normalised as node:path does, without a slash at its end", () => {
  fc.assert(
    fc.property(path, (text) => {
      const expected = normalize(text);
      strictEqual(
        normalise(text),
        expected.length > 1 ? expected.replace(/\/$/, "") : expected,
      );
    }),
    { numRuns: 2000 },
  );
});

Deno.test("a normal path is unchanged", () => {
  fc.assert(
    fc.property(
      path,
      (text) => strictEqual(normalise(normalise(text)), normalise(text)),
    ),
  );
});

Deno.test("normal paths join to a normal path", () => {
  fc.assert(fc.property(path, path, (a, b) => {
    const inner = normalise(b);
    if (inner.startsWith("/") || isOutside(inner)) return;
    strictEqual(
      join(normalise(a), inner),
      normalise(`${normalise(a)}/${inner}`),
    );
  }));
});

Deno.test("the root keeps its slash", () => {
  strictEqual(join("/", "a"), "/a");
  strictEqual(resolve("/", "../a/"), "/a");
  strictEqual(resolve("/x", "/../.."), "/");
});

Deno.test("a path leads out only if its first part is two dots", () => {
  ok(isOutside("..") && isOutside("../a"));
  ok(!isOutside("..a") && !isOutside("a/..b") && !isOutside("."));
});

Deno.test("the parent of the first directory is the dot", () => {
  strictEqual(parent("a/b"), "a");
  strictEqual(parent("a"), ".");
  strictEqual(parent("."), ".");
});
