import {
  deepStrictEqual,
  notStrictEqual,
  strictEqual,
} from "node:assert/strict";
import { pythonCode } from "../../../src/pipeline/parse/python_code.ts";
import { testsWith } from "../../helpers/tools.ts";

const pythonTest = testsWith("python3");

const helper =
  new URL("../../helpers/python_corpus.py", import.meta.url).pathname;

async function askPython(
  args: readonly string[],
  input = "",
): Promise<readonly string[]> {
  const python = new Deno.Command(Deno.env.get("PYTHON") ?? "python3", {
    args: [helper, ...args],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = python.stdin.getWriter();
  const written = writer.write(new TextEncoder().encode(input))
    .then(() => writer.close());
  const { code, stdout } = await python.output();
  await written;
  strictEqual(code, 0);
  return new TextDecoder().decode(stdout).split("\n").slice(0, -1);
}

pythonTest(
  "of the standard library, comments and blank lines alone are left out, as Python's tokenizer sees them",
  async () => {
    const lines = await askPython(["corpus", Deno.env.get("STEP") ?? "200"]);
    const files = lines.map((line) =>
      JSON.parse(line) as readonly [
        path: string,
        text: string,
        less: string,
        more: string,
      ]
    );
    notStrictEqual(files.length, 0);
    for (const [path, text, less, more] of files) {
      const code = pythonCode(text);
      notStrictEqual(code, null, path);
      strictEqual(pythonCode(less), code, `${path}, without comments`);
      strictEqual(pythonCode(more), code, `${path}, with more comments`);
    }
    const pairs = files.map(([, text]) =>
      `${JSON.stringify([text, pythonCode(text)])}\n`
    );
    const different = await askPython(["compare"], pairs.join(""));
    deepStrictEqual(different.map((at) => files[Number(at)]![0]), []);
  },
);

const SAME: Readonly<Record<string, readonly [string, string]>> = {
  "a comment behind a string with #": [`x = "#a"  # b\n`, `x = "#a"\n`],
  "blank lines, of form feeds too": ["a\n\n \f\n\t\nb\n", "a\nb"],
  "a comment in brackets": ["f(a,  # b\n  # c\n\n  d)\n", "f(a,\n  d)\n"],
  "a comment behind a continued line": ["a = \\\n  # b\nc\n", "a = \\\n\nc\n"],
  "a form feed before code": ["if a:\n  \fb\n", "if a:\nb\n"],
  "quotes in a comment": [`a # it's """\nb\n`, "a\nb\n"],
  "a comment behind an f-string": [
    `f"{a["#"]:#{b}x}{{#}}\\N{NUMBER SIGN}"#\n`,
    `f"{a["#"]:#{b}x}{{#}}\\N{NUMBER SIGN}"\n`,
  ],
  "a comment behind a dict in a format": [
    `f"{a:{{1:"#"}[1]}}" # b\n`,
    `f"{a:{{1:"#"}[1]}}"\n`,
  ],
  "a comment behind a raw string": [`r"\\"#" # a\n`, `r"\\"#"\n`],
};

for (const [what, [first, second]] of Object.entries(SAME)) {
  Deno.test(`${what} is no code`, () => {
    notStrictEqual(pythonCode(first), null);
    strictEqual(pythonCode(first), pythonCode(second));
  });
}

const DIFFERENT: Readonly<Record<string, readonly [string, string]>> = {
  "# in a string": [`x = "a#b"\n`, `x = "a#c"\n`],
  "# in a continued string": [`x = "a\\\n#b"\n`, `x = "a\\\n#c"\n`],
  "a line of a docstring": [`"""a\n# b\n"""\n`, `"""a\n"""\n`],
  "a blank line of a docstring": [`"""a\n\n"""\n`, `"""a\n"""\n`],
  "a space at the end of a line of a string": [`"""a \n"""`, `"""a\n"""`],
  "a blank line behind a backslash": ["x = 1\\\n\n-y\n", "x = 1\\\n-y\n"],
  "an indentation": ["if a:\n  b\nc\n", "if a:\n  b\n  c\n"],
  "# in the literal text of an f-string": [`f"{a}#b"`, `f"{a}#c"`],
  "# in a format": [`f"{a:#x}"`, `f"{a:#o}"`],
  "# in a string in a field": [`f"{a["#b"]}"`, `f"{a["#c"]}"`],
  "space of a field that prints itself": [`f"{a =}"`, `f"{a = }"`],
  "a string behind doubled braces": [`f"{{" "#a"`, `f"{{" "#b"`],
  "# behind an escaped quote": [`"\\"#a"`, `"\\"#b"`],
  "# in a triple string behind quotes": [`"""a""#b"""`, `"""a""#c"""`],
  "# in a t-string": [`t"{a}#b"`, `t"{a}#c"`],
  "# in bytes": [`rb"#a"`, `rb"#b"`],
};

for (const [what, [first, second]] of Object.entries(DIFFERENT)) {
  Deno.test(`${what} is code`, () => {
    notStrictEqual(pythonCode(first), null);
    notStrictEqual(pythonCode(second), null);
    notStrictEqual(pythonCode(first), pythonCode(second));
  });
}

Deno.test("what is not Python is left alone", () => {
  const texts = [
    "echo $a#b\n",
    "echo `a`\n",
    "!ls\n",
    `x = "a\n`,
    `x = """a\n`,
    "f(a\n",
    "a)\n",
    `f"{a"\n`,
    `f"a}"\n`,
    `f"{a)}"\n`,
    `f"{a:\n}"\n`,
  ];
  for (const text of texts) strictEqual(pythonCode(text), null, text);
});

Deno.test("a long program is read in linear time", () => {
  const hostile = [`"a\\`, `f"{`, "{", "\\\n", "a", "#", `f"\\N{`, '"""'];
  for (const piece of hostile) {
    const start = performance.now();
    pythonCode(piece.repeat(200_000));
    const seconds = (performance.now() - start) / 1000;
    strictEqual(seconds < 5, true, `${JSON.stringify(piece)}: ${seconds} s`);
  }
});
