import { ok, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import { excerpt, gatherEnds, shortened } from "../../src/text/excerpt.ts";

const numbered = (count: number) =>
  Array.from({ length: count }, (_, i) => `tar: file ${i}: Cannot open`);

Deno.test("A message of some lines is shown whole", () => {
  const message = numbered(11).join("\n");
  strictEqual(excerpt(`\n${message}\n\n`), message);
});

Deno.test("Of a message of many lines the first and the last are shown, and that there are others", () => {
  const all = numbered(65);
  strictEqual(
    excerpt(all.join("\n")),
    [...all.slice(0, 5), "…", ...all.slice(60)].join("\n"),
  );
});

Deno.test("A long line ends with a whole word", () => {
  strictEqual(shortened("one two three", 9), "one two …");
  strictEqual(shortened("one two", 7), "one two");
  strictEqual(shortened("a ".padEnd(50, "b"), 10), "a bbbbbbbb …");
});

Deno.test("Both ends of a text are kept in whole lines, however it is divided into chunks", () => {
  const text = numbered(200).join("\n");
  const lines = new Set([...numbered(200), "…"]);
  fc.assert(fc.property(
    fc.array(fc.integer({ min: 0, max: text.length }), { maxLength: 20 }),
    fc.integer({ min: 60, max: 8000 }),
    (cuts, limit) => {
      const ends = gatherEnds(limit);
      const places = [0, ...cuts.toSorted((a, b) => a - b), text.length];
      for (const [i, place] of places.entries()) {
        ends.add(text.slice(place, places[i + 1] ?? text.length));
      }
      const kept = ends.text();
      ok(kept.startsWith("tar: file 0:") && kept.endsWith("199: Cannot open"));
      ok(kept.length <= 2 * limit + 3);
      if (text.length <= 2 * limit) strictEqual(kept, text);
      else ok(kept.split("\n").every((line) => lines.has(line)), kept);
    },
  ));
});
