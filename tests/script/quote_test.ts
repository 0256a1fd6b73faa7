import { deepStrictEqual, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import { globWord, quote, quotePath } from "../../src/script/quote.ts";
import { toolOf, toolTest } from "../helpers/tools.ts";

const text = fc.string({ unit: "binary" }).map((text) =>
  text.replaceAll("\0", "")
);
const hostile = fc.array(
  fc.constantFrom("'", '"', "$(x)", "`", "\\", "\n", " ", "*", "-", "!", "é"),
).map((signs) => signs.join(""));

/** The text of each word, as a shell reads it. */
function wordsSeenBy(
  shell: string,
  words: readonly string[],
  directory = "/",
): readonly string[] {
  const { stdout } = new Deno.Command(shell, {
    args: ["-c", `printf '%s\\0' ${words.join(" ")}`],
    cwd: directory,
    env: { LC_ALL: "C.UTF-8" },
  }).outputSync();
  return new TextDecoder().decode(stdout).split("\0").slice(0, -1);
}

for (const shell of ["bash", "dash"]) {
  toolTest(
    toolOf(shell),
    `A quoted text is one word of ${shell} that means this text`,
    () => {
      fc.assert(
        fc.property(
          fc.array(fc.oneof(text, hostile), { minLength: 1 }),
          (texts) =>
            deepStrictEqual(wordsSeenBy(shell, texts.map(quote)), texts),
        ),
        { numRuns: 40 },
      );
    },
  );
}

Deno.test("Plain text is unchanged, so that it is readable", () => {
  strictEqual(quote("a/b-1.0_x,y:z@h%+"), "a/b-1.0_x,y:z@h%+");
  deepStrictEqual(["", "~", "a=b", "#", "{a,b}"].map(quote), [
    "''",
    "'~'",
    "'a=b'",
    "'#'",
    "'{a,b}'",
  ]);
});

Deno.test("A path never looks like an option", () => {
  deepStrictEqual(["-rf", "- x", "a", "/a"].map(quotePath), [
    "./-rf",
    "'./- x'",
    "a",
    "/a",
  ]);
});

const inPython = `import glob, json, os, sys
os.chdir(sys.argv[1])
print(json.dumps([sorted(glob.glob(p)) for p in json.loads(sys.argv[2])]))`;

toolTest(
  "python3",
  "A pattern's word expands to what Python's glob finds",
  () => {
    const directory = Deno.makeTempDirSync();
    const names = [
      "a",
      "b",
      "a b",
      "a'b",
      "^",
      "!",
      "]",
      "-x",
      "a*",
      "a[b]",
      "é",
      "$b",
      "a-c",
      "c\nd",
    ];
    for (const name of names) {
      Deno.writeTextFileSync(`${directory}/${name}`, "");
    }
    const patterns = [
      "*",
      "?",
      "a*",
      "[ab]",
      "[!ab]",
      "[^a]",
      "[]^]",
      "[!]]",
      "a b",
      "a[ ']b",
      "a[*]",
      "a[[]b]",
      "-*",
      "$b",
      "[a-c]",
      "a[-]c",
      "[",
      "[!",
      "c?d",
      "[é]",
      "*'*",
      "none*",
    ];
    const { stdout } = new Deno.Command("python3", {
      args: ["-c", inPython, directory, JSON.stringify(patterns)],
      env: { LC_ALL: "C.UTF-8" },
    }).outputSync();
    const expected = JSON.parse(new TextDecoder().decode(stdout));
    const found = patterns.map((pattern) =>
      wordsSeenBy("bash", [globWord(pattern)], directory)
        .map((name) => name.replace(/^\.\//, ""))
        .filter((name) => names.includes(name))
        .sort()
    );
    deepStrictEqual(found, expected.map((found: string[]) => found.sort()));
    Deno.removeSync(directory, { recursive: true });
  },
);
