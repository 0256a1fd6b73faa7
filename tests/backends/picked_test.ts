import { deepStrictEqual } from "node:assert/strict";
import { readPicks } from "../../src/backends/picked.ts";
import { encodeName } from "../../src/text/bytes_name.ts";

const section = (words: string, ...names: string[]) => {
  const text = names.map((name) => `./${name}\0`).join("");
  return { words: words.split(" "), text, bytes: encodeName(text) };
};

const wanted = [
  { dir: "t", patterns: ["out", "r*"], maybe: ["run.log"] },
  { dir: "u", patterns: ["out"], maybe: [] },
];

Deno.test("A pattern of which nothing is said, and that nothing matches, is missing", () => {
  const picks = readPicks([section("pick 0", "t/out")], wanted);
  deepStrictEqual(picks.map(({ missing }) => missing), [["r*"], ["out"]]);
});

Deno.test("A pattern that is said to be missing is, though a log that came later would match it", () => {
  const [pick] = readPicks([
    section("pick 0", "t/out"),
    section("missing 1", "t/run.log"),
    section("pick 1", "u/out"),
  ], wanted);
  deepStrictEqual([pick!.names, pick!.missing], [["t/out", "t/run.log"], [
    "r*",
  ]]);
});

Deno.test("Names that nobody asked for there do not count", () => {
  const [pick] = readPicks([
    section("pick 0", "t/out", "t/other", "u/out", "t/out/deep", "t/run1"),
  ], wanted);
  deepStrictEqual([pick!.names, pick!.missing], [["t/out", "t/run1"], []]);
});
