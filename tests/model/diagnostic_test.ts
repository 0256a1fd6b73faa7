import { strictEqual } from "node:assert/strict";
import { type Mistake, reportMistakes } from "../../src/model/diagnostic.ts";

function at(file: string, line: number, column: number, message: string) {
  return { place: { file, line, column }, message } satisfies Mistake;
}

Deno.test("mistakes and warnings come in the order of their places, mistakes counted", () => {
  strictEqual(
    reportMistakes(
      [at("b.py", 2, 1, "two"), at("a.py", 10, 1, "ten\nlines")],
      [at("a.py", 9, 4, "odd")],
    ),
    `a.py:9:4  warning: odd
a.py:10:1  ten
  lines
b.py:2:1  two
2 mistakes; nothing was sent
`,
  );
});

Deno.test("warnings alone do not say that nothing was sent", () => {
  strictEqual(
    reportMistakes([], [at("a.py", 1, 1, "odd")]),
    "a.py:1:1  warning: odd\n",
  );
  strictEqual(reportMistakes([], []), "");
});
