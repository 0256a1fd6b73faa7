import { ok, strictEqual } from "node:assert/strict";
import { checkText } from "./helpers/check_text.ts";

/** Inputs with something wrong, each beside what `check` says to it; those of `allow_ref` are read with the flag. */
const corpus = `${import.meta.dirname}/invalid/`;
const folders = [
  { directory: corpus, allowRef: false },
  { directory: `${corpus}allow_ref/`, allowRef: true },
];

for (const { directory, allowRef } of folders) {
  for (const name of scriptsIn(directory)) {
    const expected = Deno.readTextFileSync(`${directory}${name}.txt`);
    Deno.test(`${allowRef ? "with" : "without"} --allow-ref, ${name} gives the expected text`, async () => {
      strictEqual(await checkText(`${name}.py`, directory, allowRef), expected);
    });
  }
}

Deno.test("every page of the corpus has its script, and there are enough of them", () => {
  const names = folders.flatMap(({ directory }) => scriptsIn(directory));
  const pages = folders.flatMap(({ directory }) => filesIn(directory, ".txt"));
  strictEqual(pages.join("\n"), names.join("\n"));
  ok(names.length >= 60);
});

function scriptsIn(directory: string): readonly string[] {
  return filesIn(directory, ".py");
}

function filesIn(directory: string, ending: string): readonly string[] {
  return Array.from(Deno.readDirSync(directory), ({ name }) => name)
    .filter((name) => name.endsWith(ending))
    .map((name) => name.slice(0, -ending.length)).sort();
}
