import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import { getStaticTOMLValue, parseTOML } from "toml-eslint-parser";
import { parse } from "../../../src/pipeline/parse/mod.ts";

const CANARY = "hunter2";

/** The copy of a script with this TOML as its block, code around it. */
function copyOf(toml: string): string {
  const block = toml.split("\n").map((line) => line === "" ? "#" : `# ${line}`);
  const text = ["#!/x", "# /// script", ...block, "# ///", "print()", ""];
  const parsed = parse("a.py", new TextEncoder().encode(text.join("\n")));
  ok(parsed.ok, JSON.stringify(parsed));
  return parsed.value.value.copy;
}

function tomlOf(copy: string): string {
  return copy.split("\n").slice(2, -3).map((line) => line.slice(2)).join("\n");
}

function valueOf(toml: string): Record<string, unknown> {
  return getStaticTOMLValue(parseTOML(toml, { tomlVersion: "1.0" })) as Record<
    string,
    unknown
  >;
}

/** The rest of the block has its values still, and the code its lines. */
function checkCopy(toml: string): void {
  const copy = copyOf(toml);
  ok(!copy.includes(CANARY), copy);
  ok(!copy.includes("dpdispatcher"), copy);
  strictEqual(
    copy.split("\n").indexOf("print()"),
    toml.split("\n").length + 3,
    copy,
  );
  const { tool = {}, ...rest } = valueOf(toml);
  const { dpdispatcher: _, ...others } = tool as Record<string, unknown>;
  const { tool: kept = {}, ...left } = valueOf(tomlOf(copy));
  deepStrictEqual([left, kept], [rest, others], copy);
}

const FORMS: Readonly<Record<string, string>> = {
  "tables": `requires-python = ">=3" # as ever
[tool.dpdispatcher]
work_base = "./"
# password = "${CANARY}"
[tool.uv]
x = [
  1,

  2,
]
[tool.dpdispatcher.machine.remote_profile]
password = """${CANARY}

${CANARY}"""`,
  "dotted keys at the top":
    `tool.uv.index = "a"\ntool.dpdispatcher.machine.remote_profile.password = "${CANARY}"\ntool.dpdispatcher.x = 1`,
  "dotted keys in [tool]":
    `[tool]\nruff.line-length = 80\ndpdispatcher.machine.password = "${CANARY}"`,
  "an inline table in [tool]":
    `[tool]\ndpdispatcher = { password = "${CANARY}" }\nruff = { a = 1 }`,
  "an inline table among others, first":
    `tool = { dpdispatcher = { p = "${CANARY}" }, ruff = { a = 1 }, uv = {} } # x`,
  "an inline table among others, last":
    `tool = { ruff = { a = 1 }, dpdispatcher = { p = "${CANARY}" } }\n[other]\na = 1`,
  "an inline table among others, in the middle and over lines":
    `tool = { ruff = { a = 1 }, dpdispatcher.p = '''\n${CANARY}\n''', dpdispatcher.q = 2, uv = 3 }\n[other]\na = 1`,
  "an inline table alone": `tool = { dpdispatcher = { p = "${CANARY}" } }`,
  "quoted keys":
    `["tool".'dpdispatcher']\np = "${CANARY}"\n["tool"."dp\\u0064ispatcher".machine]\nq = "${CANARY}"`,
  "quoted keys of values":
    `'tool'."dpdispatcher".p = "${CANARY}"\n[other]\na = 1`,
  "a quoted key of an inline table":
    `tool = { uv = 1, "dp\\u0064ispatcher" = { p = "${CANARY}" } }`,
  "sub tables out of order":
    `[tool.dpdispatcher.machine]\np = "${CANARY}"\n[a]\nb = 1\n[tool.dpdispatcher]\nq = "${CANARY}"\n[tool.z]\ny = 2`,
  "arrays of tables":
    `[[tool.dpdispatcher.task_list]]\np = "${CANARY}"\n[[tool.other]]\na = 1\n[[tool.dpdispatcher.task_list]]\nq = "${CANARY}"\n[tool.dpdispatcher.task_list.r]\ns = "${CANARY}"`,
  "comments before and between":
    `# ${CANARY}\n[tool.dpdispatcher]\nx = 1\n# ${CANARY}\n\n[tool.a]\nb = 1\n# ${CANARY}`,
};

for (const [name, toml] of Object.entries(FORMS)) {
  Deno.test(`a copy has no table of ours, written as ${name}`, () =>
    checkCopy(toml));
}

/** One way to write a key of a table of ours, or of somebody else's. */
const parts = fc.shuffledSubarray([
  `[tool.dpdispatcher.machine]\na = "${CANARY}"`,
  `[[tool.dpdispatcher.task_list]]\na = """${CANARY}\n"""`,
  `['tool'.dpdispatcher.resources]\na.b = { c = "${CANARY}" }`,
  `[tool.uv.x]\na = """x\n\n# ///y"""`,
  `[[tool.ruff]]\na = [\n1, # one\n]`,
  `[dpdisp]\ntool.x = 1`,
  `[tool.dpdispatcher2]\na = 1`,
], { minLength: 1 });

Deno.test("whatever the order of tables, only ours go", () => {
  fc.assert(fc.property(parts, fc.boolean(), (tables, spaced) => {
    const toml = ['dependencies = ["a"]', ...tables, "[tool.dpdispatcher.z]"]
      .join(spaced ? "\n\n" : "\n");
    const copy = copyOf(toml);
    ok(!copy.includes(CANARY), copy);
    const { tool = {}, ...rest } = valueOf(toml);
    const { dpdispatcher: _, ...others } = tool as Record<string, unknown>;
    const { tool: kept = {}, ...left } = valueOf(tomlOf(copy));
    deepStrictEqual([left, kept], [rest, others], copy);
    strictEqual(copy.split("\n").length, toml.split("\n").length + 5);
  }));
});
