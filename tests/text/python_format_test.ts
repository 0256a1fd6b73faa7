import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import { fillTemplate } from "../../src/text/python_format.ts";
import type { PythonValue } from "../../src/text/python_value.ts";
import { toolTest } from "../helpers/tools.ts";

const fields = {
  number_node: 2n,
  queue_name: "{long}",
  comment: 'it\'s\n"é"\u00a0\u{1F600}\\',
  exclusive: true,
  wait_time: 0.125,
  walltime: null,
  custom_flags: ["#SBATCH -A x", "b'"],
  kwargs: new Map<string, PythonValue>([
    ["qos", "fast"],
    ["none", null],
    ["deep", new Map([["list", [1n, 2.5, true]]])],
  ]),
};

Deno.test("fields are filled in once, doubled braces are braces", () => {
  deepStrictEqual(
    fillTemplate("-N {number_node} {{{queue_name}}} {{}}\n", fields),
    { ok: true, value: "-N 2 {{long}} {}\n" },
  );
});

Deno.test("any text is unchanged if its braces are doubled", () => {
  fc.assert(fc.property(fc.string(), (text) => {
    const doubled = text.replaceAll("{", "{{").replaceAll("}", "}}");
    deepStrictEqual(fillTemplate(doubled, fields), { ok: true, value: text });
  }));
});

/** Look-ups, conversions and formats that headers use. */
const TEMPLATES = [
  "{kwargs[qos]} {kwargs[none]} {kwargs[deep][list][1]} {kwargs}",
  "{custom_flags[0]} {custom_flags[1]!r} {custom_flags}",
  "{queue_name!r} {comment!r} {comment!s} {comment!a} {number_node!r}",
  "{number_node:02d} {number_node:>4}|{number_node:<4}|{number_node:^5}|{number_node:+}|{number_node: }|{number_node:x=+6}",
  "{number_node:#06x} {number_node:b} {number_node:o} {number_node:#X} {number_node:.2f}",
  "{queue_name:>8}|{queue_name:*^9}|{queue_name:.3}|{queue_name:08}|{queue_name!r:10}|",
  "{exclusive} {exclusive:d} {exclusive:5}",
  "{wait_time} {wait_time:.2f} {wait_time:8.1f} {wait_time:+.3f} {wait_time:09.3f} {wait_time:f}",
  "{queue_name:{number_node}{number_node}}|",
  "{kwargs[qos]:>{number_node}}",
];

/** What CPython makes of the templates; null: an exception. */
async function byPython(
  templates: readonly string[],
  values: Readonly<Record<string, PythonValue>> = fields,
): Promise<readonly (string | null)[]> {
  const program = `import json, sys
templates, fields = json.loads(sys.stdin.read())
def filled(text):
    try: return text.format(**fields)
    except Exception: return None
print(json.dumps([filled(text) for text in templates]))`;
  const child = new Deno.Command("python3", {
    args: ["-c", program],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const output = child.output();
  const input = JSON.stringify(
    [templates, values],
    (_, value) =>
      value instanceof Map
        ? Object.fromEntries(value)
        : typeof value === "bigint"
        ? Number(value)
        : value,
  );
  await new Blob([input]).stream().pipeTo(child.stdin);
  return JSON.parse(new TextDecoder().decode((await output).stdout));
}

toolTest(
  "python3",
  "look-ups, conversions and formats are as in Python",
  async () => {
    const expected = await byPython(TEMPLATES);
    TEMPLATES.forEach((template, at) => {
      ok(expected[at] !== null, template);
      deepStrictEqual(fillTemplate(template, fields), {
        ok: true,
        value: expected[at],
      });
    });
  },
);

toolTest(
  "python3",
  "whatever format is accepted gives what Python gives",
  async () => {
    const pieces = fc.tuple(
      fc.constantFrom("", "x", "0", "é"),
      fc.constantFrom("", "<", ">", "=", "^"),
      fc.constantFrom("", "+", "-", " "),
      fc.constantFrom("", "#"),
      fc.constantFrom("", "0"),
      fc.constantFrom("", "1", "7", "12"),
      fc.constantFrom("", "", "", ",", "_"),
      fc.constantFrom("", ".0", ".2"),
      fc.constantFrom(
        "",
        "d",
        "s",
        "x",
        "X",
        "b",
        "f",
        "F",
        "e",
        "g",
        "%",
        "n",
      ),
    );
    const values = {
      text: "añb😀c",
      small: -7n,
      large: 1234567n,
      yes: true,
      half: 2.5,
      long: 12345.675,
      list: ["a"],
    };
    const names = Object.keys(values);
    const templates = fc.sample(pieces, { numRuns: 5000, seed: 7 }).map(
      (spec, at) => `{${names[at % names.length]}:${spec.join("")}}`,
    );
    const expected = await byPython(templates, values);
    const accepted = templates.filter((template, at) => {
      const filled = fillTemplate(template, values);
      if (filled.ok) strictEqual(filled.value, expected[at], template);
      return filled.ok;
    });
    ok(accepted.length > 300, `${accepted.length}`);
  },
);

Deno.test("what str.format would treat differently is an error at its location", () => {
  const wrong = [
    "\n {",
    "\n }",
    "\n {}",
    "\n {0}",
    "\n {nodes!r}",
    "\n {number_node!x}",
    "\n {number_node:>3e}",
    "\n {number_node:9999999d}",
    "\n {number_node[0]}",
    "\n {number_node.real}",
    "\n {walltime}",
    "\n {kwargs[qosx]}",
    "\n {kwargs:>5}",
    "\n {custom_flags[2]}",
    "\n {custom_flags[-1]}",
    "\n {__class__}",
    "\n {toString}",
    "\n {kwargs[toString]}",
    "\n {queue_name:{queue_name}}",
  ];
  for (const text of wrong) {
    const filled = fillTemplate(text, fields);
    ok(!filled.ok, text);
    deepStrictEqual([filled.error.line, filled.error.column], [2, 2], text);
  }
});

Deno.test("a field that grows without end is an error", () => {
  const filled = fillTemplate("{queue_name:>9999}".repeat(200), fields);
  ok(!filled.ok && /longer than/.test(filled.error.message));
});
