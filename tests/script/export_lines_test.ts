import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import { exportLines } from "../../src/script/export_lines.ts";

/** The value of K after the lines, or null where the shell did not get that far. */
function valueAfter(lines: readonly string[]): string | null {
  const output = bash(`X="x  y" K=unset
${lines.join("\n")}
printf '<%s>' "$K"`);
  return output.match(/^<([\s\S]*)>$/)?.[1] ?? null;
}

/** Values may redirect: the files that they make are made here. */
const scratch = Deno.makeTempDirSync({ prefix: "dpdisp-envs-" });
addEventListener("unload", () => Deno.removeSync(scratch, { recursive: true }));

function bash(script: string): string {
  const { stdout } = new Deno.Command("bash", {
    args: ["-c", script],
    cwd: scratch,
    clearEnv: true,
    env: { HOME: "/home/me", LC_ALL: "C.UTF-8", PATH: Deno.env.get("PATH")! },
    stderr: "null",
  }).outputSync();
  return new TextDecoder().decode(stdout);
}

function lineOf(value: string): string {
  return exportLines([["K", value]]).join("\n");
}

/**
 * Asks bash itself: the text behind `K=` and a mark behind it arrive as one
 * argument. Without splitting of expansions (IFS, -f), only the text's own
 * blanks and operators can make it more.
 */
function isOneWordToBash(value: string): boolean {
  const output = bash(`X="x  y" IFS=
set -f
see() { printf '%s<%s>' "$#" "\${1: -4}"; }
see K=${value}"@end"`);
  return output === "1<@end>";
}

const piece = fc.constantFrom(
  "a",
  "b c",
  " ",
  "\t",
  "\n",
  "'",
  '"',
  "''",
  "'a b'",
  '"a b"',
  `"$X"`,
  "\\",
  "\\ ",
  '\\"',
  "$X",
  "${X}",
  "${X:-a b}",
  "${Y:-'a b'}",
  '${Y:-"a } b"}',
  '"${Y:-a b}"',
  `"\${Y:-'a'}"`,
  "$(echo a)",
  "$(echo 'a )' b)",
  '"$(echo "a b")"',
  "$((1 + 2))",
  "$[1 + 2]",
  "`echo a b`",
  "`",
  "$(",
  "${",
  ")",
  "}",
  "$",
  "$'a\\' b'",
  "$'",
  "~",
  "*",
  "#",
  " #",
  "!",
  ";",
  "&",
  "|",
  "<",
  ">",
  "(",
  "=",
  ":~",
  "$(echo a # it's\n)",
  "é",
  "-",
);
const value = fc.array(piece, { maxLength: 6 }).map((pieces) =>
  pieces.join("")
);

Deno.test("A value that bash reads as one word gives the same as a plain export line", () => {
  fc.assert(
    fc.property(value, (value) => {
      const plain = valueAfter([`export K=${value}`]);
      fc.pre(plain !== null && isOneWordToBash(value));
      strictEqual(withoutPids(valueAfter([lineOf(value)])), withoutPids(plain));
    }),
    { numRuns: 150 },
  );
});

/** `$$` is a word too. */
function withoutPids(value: string | null): string | undefined {
  return value?.replace(/\d{2,}/g, "pid");
}

Deno.test("No value affects the following lines, and only an invalid command in one ends the script", () => {
  fc.assert(
    fc.property(value, (value) => {
      const after = valueAfter([lineOf(value), "K=reached"]);
      ok(
        after === "reached" || (after === null && value.includes("$(")),
        after ?? "",
      );
    }),
    { numRuns: 150 },
  );
});

Deno.test("A value with blanks or operators stays complete, with its expansions done", () => {
  const cases = {
    "a b": "a b",
    "-O2  -g": "-O2  -g",
    "a\nb": "a\nb",
    "$X & more": "x  y & more",
    'say "hi" $HOME': 'say "hi" /home/me',
    'a \\"b\\" c': 'a "b" c',
    'a $(echo "b  c") d': "a b  c d",
    "a `echo b` ${Y:-c d}": "a b c d",
    "it's": "it's",
    "(a)": "(a)",
    "a # b": "a # b",
    "'a b' c": "'a b' c",
    "a \\$X": "a $X",
    "": "",
    "~/x": "/home/me/x",
    "~ x": "~ x",
    "$(": "$(",
    "a b\\": "a b\\",
  };
  deepStrictEqual(
    Object.fromEntries(
      Object.keys(cases).map((value) => [value, valueAfter([lineOf(value)])]),
    ),
    cases,
  );
});

Deno.test("Lines are in order, several of one name too, and plain values are unchanged", () => {
  deepStrictEqual(exportLines([["A", "1"], ["B", ""], ["A", "${A}:2"]]), [
    "export A=1",
    "export B=",
    "export A=${A}:2",
  ]);
});
