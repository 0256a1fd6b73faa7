import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { cpuUsage } from "node:process";
import fc from "fast-check";
import { glob, isPattern, nameMatcher } from "../../src/text/glob.ts";
import { normalise } from "../../src/text/path.ts";
import { memoryFiles } from "../helpers/memory_files.ts";
import { toolTest } from "../helpers/tools.ts";
import { localFiles } from "../../src/environment/local_files.ts";

const folders = [
  "task1",
  "task2",
  "task10",
  ".hidden/in",
  "a[1]",
  "a1",
  "-dash",
  "sp ace",
  "line\nbreak",
  "sub/task1",
];
const files = [
  "task1/in.txt",
  "task2/in.txt",
  "task2/.secret",
  "task10/IN.TXT",
  "a[1]/x",
  "a1/x",
  "!x",
  "^x",
  "]x",
  "\\x",
  "a-b",
  "é.dat",
  "𝒳.dat",
  "{a,b}",
  "'quo\"te",
  "sub/task1/deep.txt",
];

const patterns = [
  ...[
    "*",
    "task*",
    "task?",
    "task[12]",
    "task[!1]",
    "task[0-9]*",
    "t*1*",
    "*/",
    "*/in.txt",
    "*/*",
    "**",
    "**/x",
    "sub/**",
  ],
  ...[
    "sub/*/*",
    ".*",
    ".h*/*",
    "[.]hidden",
    "?hidden",
    "a[1]",
    "a[[]1]",
    "[]]x",
    "[!]]*",
    "[^]x",
    "[!!]x",
    "[!]x",
    "[x",
  ],
  ...[
    "?.dat",
    "??.dat",
    "[é]*",
    "[𝒳-𝒴].dat",
    "{a,b}",
    "{*}",
    "*\n*",
    "* *",
    "-*",
    "*'*",
    "\\*",
    "[\\]x",
    "a[-]b",
    "a[,-.]b",
  ],
  ...[
    "[z-a]*",
    "[!z-a]x",
    "[a-]*",
    "[--0]*",
    "in.txt",
    "task1/in.txt/",
    "*.txt/",
    "task1/",
    "no*",
    "no/*",
    "*/no",
    "link*",
  ],
  ...[
    "link/*",
    "*/../task1",
    "in.txt/*",
    "task*/*.txt",
    "task*/.*",
    "[a-c-e]*",
    "[b-ac-d]*",
    "***",
    "*?*",
    "[[]*",
    "[*]*",
  ],
].filter((pattern) => !pattern.includes(".."));

const globByPython = `
import glob, json, os, sys
os.chdir(sys.argv[1])
print(json.dumps([glob.glob(pattern) for pattern in json.load(sys.stdin)]))`;
const fnmatchByPython = `
import fnmatch, json, sys
print(json.dumps([fnmatch.fnmatchcase(name, pattern) for pattern, name in json.load(sys.stdin)]))`;

async function python(
  script: string,
  input: unknown,
  ...args: readonly string[]
): Promise<unknown> {
  const child = new Deno.Command("python3", {
    args: ["-c", script, ...args],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(JSON.stringify(input)));
  await writer.close();
  return JSON.parse(new TextDecoder().decode((await child.output()).stdout));
}

async function tree(): Promise<string> {
  const root = await Deno.makeTempDir();
  await Promise.all(
    folders.map((directory) =>
      Deno.mkdir(`${root}/${directory}`, { recursive: true })
    ),
  );
  await Promise.all(
    files.map((file) => Deno.writeTextFile(`${root}/${file}`, "")),
  );
  await Deno.symlink("task1", `${root}/link`);
  await Deno.symlink("nothing", `${root}/link to nothing`);
  return root;
}

toolTest("python3", "a glob finds the same files as Python's", async () => {
  const root = await tree();
  const expected = await python(
    globByPython,
    patterns,
    root,
  ) as readonly string[][];
  const sorted = (paths: readonly string[]) => paths.map(normalise).sort();
  patterns.forEach((pattern, at) => {
    deepStrictEqual(
      sorted(glob(pattern, root, localFiles) ?? []),
      sorted(expected[at]!),
      `pattern ${pattern}`,
    );
  });
  await Deno.remove(root, { recursive: true });
});

toolTest(
  "python3",
  "any pattern matches the same names as Python's fnmatch",
  async () => {
    const character = fc.constantFrom(
      ...["a", "b", "c", "-", "]", "[", "!", "^", "*", "?", "\\", "&", "𝒳"],
      ...["\n", "."],
    );
    const text = fc.string({ unit: character, maxLength: 7 });
    // Stars and what follows them, which a name of few letters often nearly matches.
    const few = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 12 });
    const starred = fc.string({
      unit: fc.constantFrom("a", "b", "*", "?"),
      maxLength: 9,
    });
    const cases = fc.sample(
      fc.oneof(fc.tuple(text, text), fc.tuple(starred, few)),
      { numRuns: 8000, seed: 1 },
    )
      // Hidden names are glob's affair, not fnmatch's.
      .map(([pattern, name]) =>
        [pattern, `a${name}`.slice(name.startsWith(".") ? 0 : 1)] as const
      );
    const expected = await python(fnmatchByPython, cases) as readonly boolean[];
    cases.forEach(([pattern, name], at) => {
      strictEqual(
        nameMatcher(pattern)(name),
        expected[at],
        JSON.stringify([pattern, name]),
      );
    });
  },
);

Deno.test("a name made to nearly match takes no longer than any other", () => {
  const began = cpuUsage().user;
  for (
    const [pattern, name] of [
      ["*_*_*.out", "_".repeat(4_000)],
      ["*a*a*a*a*a*a*a*a*b", "a".repeat(4_000)],
      ["*?*?*?*?*?*?*.out", `${"x".repeat(100_000)}.ou`],
      [`${"*a".repeat(200)}b`, "a".repeat(4_000)],
    ] as const
  ) strictEqual(nameMatcher(pattern)(name), false);
  strictEqual(cpuUsage().user - began < 1e6, true);
});

Deno.test("only directories are opened on the way down", () => {
  const files = memoryFiles({
    "/a": "",
    "/b": "",
    "/c/x": "",
    "/d": { link: "/c" },
    "/e": { link: "/a" },
  });
  deepStrictEqual(glob("*/x", "/", files), ["c/x", "d/x"]);
  deepStrictEqual(glob("*/*", "/", files), ["c/x", "d/x"]);
  strictEqual(files.calls.list, 1 + 3);
});

Deno.test("a star, a question mark and a bracket make a pattern, braces do not", () => {
  deepStrictEqual(["a*", "a?", "a[b", "a{b,c}", "a]", "~"].map(isPattern), [
    true,
    true,
    true,
    false,
    false,
    false,
  ]);
});
