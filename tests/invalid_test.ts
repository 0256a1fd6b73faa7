import { ok, strictEqual } from "node:assert/strict";
import { checkText } from "./helpers/check_text.ts";

/** Inputs with something wrong, each beside what `check` says to it; those of `allow_ref` are read with the flag. */
const corpus = `${import.meta.dirname}/invalid/`;
const folders = [
  { folder: corpus, allowRef: false },
  { folder: `${corpus}allow_ref/`, allowRef: true },
];

for (const { folder, allowRef } of folders) {
  for (const name of scriptsIn(folder)) {
    const expected = Deno.readTextFileSync(`${folder}${name}.txt`);
    Deno.test(`${allowRef ? "with" : "without"} --allow-ref, ${name} gives the expected text`, async () => {
      strictEqual(await checkText(`${name}.py`, folder, allowRef), expected);
    });
  }
}

Deno.test("every page of the corpus has its script, and there are enough of them", () => {
  const names = folders.flatMap(({ folder }) => scriptsIn(folder));
  const pages = folders.flatMap(({ folder }) => filesIn(folder, ".txt"));
  strictEqual(pages.join("\n"), names.join("\n"));
  ok(names.length >= 60);
});

function scriptsIn(folder: string): readonly string[] {
  return filesIn(folder, ".py");
}

function filesIn(folder: string, ending: string): readonly string[] {
  return Array.from(Deno.readDirSync(folder), ({ name }) => name)
    .filter((name) => name.endsWith(ending))
    .map((name) => name.slice(0, -ending.length)).sort();
}
