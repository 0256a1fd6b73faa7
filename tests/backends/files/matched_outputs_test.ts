import { deepStrictEqual } from "node:assert/strict";
import { parseMatches } from "../../../src/backends/files/matched_outputs.ts";
import { encodeName } from "../../../src/text/bytes_name.ts";

const section = (header: string, ...names: string[]) => {
  const text = names.map((name) => `./${name}\0`).join("");
  return { header: header.split(" "), text, bytes: encodeName(text) };
};

const wanted = [
  { dir: "t", required: ["out", "r*"], optional: ["run.log"] },
  { dir: "u", required: ["out"], optional: [] },
];

Deno.test("A pattern that is not mentioned, and that matches nothing, is missing", () => {
  const matches = parseMatches([section("matches 0", "t/out")], wanted);
  deepStrictEqual(matches.map(({ missing }) => missing), [["r*"], ["out"]]);
});

Deno.test("A pattern that is reported as missing is missing, though a log downloaded later would match it", () => {
  const [pick] = parseMatches([
    section("matches 0", "t/out"),
    section("missing 1", "t/run.log"),
    section("matches 1", "u/out"),
  ], wanted);
  deepStrictEqual([pick!.names, pick!.missing], [["t/out", "t/run.log"], [
    "r*",
  ]]);
});

Deno.test("Names that were not requested do not count", () => {
  const [pick] = parseMatches([
    section("matches 0", "t/out", "t/other", "u/out", "t/out/deep", "t/run1"),
  ], wanted);
  deepStrictEqual([pick!.names, pick!.missing], [["t/out", "t/run1"], []]);
});
