import { strictEqual } from "node:assert/strict";
import {
  type Diagnostic,
  formatDiagnostics,
} from "../../src/model/diagnostic.ts";

function at(file: string, line: number, column: number, message: string) {
  return { location: { file, line, column }, message } satisfies Diagnostic;
}

Deno.test("errors and warnings are in the order of their locations, errors counted", () => {
  strictEqual(
    formatDiagnostics(
      [at("b.py", 2, 1, "two"), at("a.py", 10, 1, "ten\nlines")],
      [at("a.py", 9, 4, "odd")],
    ),
    `a.py:9:4  warning: odd
a.py:10:1  ten
  lines
b.py:2:1  two
2 errors; nothing was sent
`,
  );
});

Deno.test("warnings alone do not say that nothing was sent", () => {
  strictEqual(
    formatDiagnostics([], [at("a.py", 1, 1, "odd")]),
    "a.py:1:1  warning: odd\n",
  );
  strictEqual(formatDiagnostics([], []), "");
});
