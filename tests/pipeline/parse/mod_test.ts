import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import { parse } from "../../../src/pipeline/parse/mod.ts";
import { nodeAt } from "../../../src/pipeline/parse/node.ts";

const BLOCK = `# /// script
# dependencies = ["numpy"]
# [tool.dpdispatcher]
# work_base = "./" # here
#
# [tool.dpdispatcher.resources]
# group_size = 0x10
# envs = { A = 1.0, B = 99999999999999999999 }
# ///`;

function parsed(text: string) {
  const result = parse("run.py", new TextEncoder().encode(text));
  ok(result.ok, JSON.stringify(result));
  return result.value.value;
}

function mistakeOf(text: string | Uint8Array) {
  const bytes = typeof text === "string"
    ? new TextEncoder().encode(text)
    : text;
  const result = parse("run.py", bytes);
  ok(!result.ok);
  strictEqual(result.error.errors.length, 1);
  return result.error.errors[0]!;
}

/** Lines of Python that neither begin nor continue a block. */
const pythonLines = fc.array(
  fc.oneof(
    fc.string().map((text) => `x = ${JSON.stringify(text)}`),
    fc.constantFrom("", "# a comment", "    pass", '"""# /// text', "# ///"),
  ),
);

Deno.test("any code around the block leaves its values as they are and moves only their lines", () => {
  fc.assert(fc.property(pythonLines, pythonLines, (before, after) => {
    const text = [...before, "", BLOCK, "", ...after].join("\n");
    const size = nodeAt(parsed(text).table, ["resources", "group_size"]);
    deepStrictEqual([size?.kind, size?.value], ["integer", 16]);
    deepStrictEqual(size?.location, {
      file: "run.py",
      line: before.length + 1 + 7,
      column: 16,
    });
  }));
});

Deno.test("any mix of line endings gives the same tree, locations and identity", () => {
  const endings = fc.array(fc.constantFrom("\n", "\r\n", "\r"), {
    minLength: 11,
    maxLength: 11,
  });
  const lines = [...BLOCK.split("\n"), "pass", "print()", ""];
  const plain = parsed(lines.join("\n"));
  fc.assert(fc.property(endings, fc.boolean(), (ends, mark) => {
    const mixed = lines.map((line, index) => line + (ends[index] ?? "")).join(
      "",
    );
    const document = parsed((mark ? "\ufeff" : "") + mixed);
    strictEqual(document.code, plain.code);
    const ending = (at: number) => ends[at] ?? "";
    const copy = ["# /// script", '# dependencies = ["numpy"]', ..."######"]
      .concat(lines.slice(8)).map((line, at) => line + ending(at)).join("");
    strictEqual(document.copy, (mark ? "\ufeff" : "") + copy);
    deepStrictEqual(
      document.table.value.get("work_base")?.node,
      plain.table.value.get("work_base")?.node,
    );
  }));
});

Deno.test("no bytes make it throw", () => {
  const scriptish = fc.array(
    fc.constantFrom(...BLOCK.split("\n"), "# x = [", "#", "# [[a]]", '# "'),
  ).map((lines) => new TextEncoder().encode(lines.join("\n")));
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array(), scriptish), (bytes) => {
      parse("run.py", bytes);
    }),
  );
});

Deno.test("integers beyond 2^53 keep every digit and floats stay floats", () => {
  const { table } = parsed(BLOCK);
  strictEqual(
    nodeAt(table, ["resources", "envs", "B"])?.value,
    99999999999999999999n,
  );
  strictEqual(nodeAt(table, ["resources", "envs", "A"])?.kind, "float");
});

Deno.test("other types of block are left alone", () => {
  const other = "# /// pyproject\n# this is = not toml at all\n# ///";
  strictEqual(
    parsed(`${other}\n\n${BLOCK}\n`).table.value.has("work_base"),
    true,
  );
});

Deno.test("a block ends at the last closing line of its comment lines", () => {
  const nested = BLOCK.replace(
    "# work_base",
    '# _note = """\n# /// inner\n# ///\n# """\n# work_base',
  );
  const note = parsed(nested).table.value.get("_note")?.node;
  strictEqual(note?.value, "/// inner\n///\n");
  strictEqual(
    parsed(nested).table.value.get("work_base")?.keyLocation.line,
    8,
  );
});

Deno.test("an unclosed block before a whole one is ignored, as PEP 723 asks", () => {
  const text = `# /// script\n# a = 1\nprint()\n${BLOCK}\n`;
  strictEqual(parsed(text).table.value.has("work_base"), true);
});

Deno.test("the identity leaves out the table and comments, and nothing else", () => {
  const { code } = parsed(`${BLOCK}\nprint(1)\n`);
  const same = (text: string) => strictEqual(parsed(text).code, code);
  const differs = (text: string) => ok(parsed(text).code !== code);
  same(`${BLOCK.replace("0x10", "4")}\nprint(1)\n`);
  same(`${BLOCK.replace(" # here", "")}\nprint(1)\n`);
  same(
    `${BLOCK.replace('["numpy"]', '[ "numpy" ] # arrays')}\nprint(1)\n`,
  );
  const reordered = BLOCK.replace(
    "# dependencies",
    '# requires-python = ">=3"\n# dependencies',
  );
  const ordered = BLOCK.replace(
    '["numpy"]',
    '["numpy"]\n# requires-python = ">=3"',
  );
  strictEqual(parsed(reordered).code, parsed(ordered).code);
  same(`# why\n\n${BLOCK}\n\n# prints\nprint(1)  # one\n\n`);
  same(`# coding: utf-8\n${BLOCK}\nprint(1)\n`);
  differs(`${BLOCK.replace("numpy", "scipy")}\nprint(1)\n`);
  differs(`${BLOCK}\nprint(2)\n`);
  differs(`#!/x\n# coding: latin-1\n${BLOCK}\nprint(1)\n`);
  differs(
    `${
      BLOCK.replace("# ///", "# ///").replace(
        "# [tool.dpdispatcher]",
        "# [tool.uv]\n# offline = true\n# [tool.dpdispatcher]",
      )
    }\nprint(1)\n`,
  );
});

Deno.test("a block behind a continued line ends that line", () => {
  const codeOf = (lines: string) => parsed(`x = 1 \\\n${lines}`).code;
  ok(codeOf(`${BLOCK}\n-y\n`) !== codeOf(`-y\n${BLOCK}\n`));
});

Deno.test("numbers that differ in kind differ in the identity", () => {
  const withTool = (value: string) =>
    parsed(`# /// script\n# tool.x.y = ${value}\n# [tool.dpdispatcher]\n# ///`)
      .code;
  const codes = ["1", "1.0", '"1"', "true", "2024-01-01", "[1]"].map(withTool);
  strictEqual(new Set(codes).size, codes.length);
});

Deno.test("a byte that is not UTF-8 is reported with its location", () => {
  const bytes = new Uint8Array([...new TextEncoder().encode("# é\n#é"), 0xff]);
  const { location, message } = mistakeOf(bytes);
  deepStrictEqual([location.line, location.column], [2, 3]);
  match(message, /0xff/);
});

Deno.test("a bad byte is found behind any text", () => {
  const line = fc.string({ unit: "grapheme" }).filter((text) =>
    !/[\r\n\ufeff]/.test(text)
  );
  fc.assert(fc.property(line, (text) => {
    const { location } = mistakeOf(
      new Uint8Array([...new TextEncoder().encode(text), 0xff]),
    );
    strictEqual(location.column, text.length + 1);
  }));
});

Deno.test("a character cut off at the end of the file is not UTF-8", () => {
  const { location } = mistakeOf(new Uint8Array([0x23, 0x20, 0xe4, 0xbd]));
  deepStrictEqual([location.line, location.column], [1, 3]);
});

Deno.test("a TOML error never shows what follows a secret key", () => {
  for (const wrong of ["hunter2", '"a" hunter2', '"\\hunter2"', "'hunter2"]) {
    const text = BLOCK.replace("work_base = ", `password = ${wrong}`);
    ok(!mistakeOf(text).message.includes("hunter"), wrong);
  }
});
