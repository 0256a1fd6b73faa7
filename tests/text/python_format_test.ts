import { deepStrictEqual, ok } from "node:assert/strict";
import fc from "fast-check";
import { fillTemplate } from "../../src/text/python_format.ts";

const fields = { number_node: "2", queue_name: "{long}" };

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

Deno.test("what str.format would treat differently is an error at its location", () => {
  const wrong = [
    "\n {",
    "\n }",
    "\n {}",
    "\n {0}",
    "\n {nodes!r}",
    "\n {number_node:>3}",
    "\n {number_node[0]}",
    "\n {__class__}",
    "\n {toString}",
  ];
  for (const text of wrong) {
    const filled = fillTemplate(text, fields);
    ok(!filled.ok, text);
    deepStrictEqual([filled.error.line, filled.error.column], [2, 2], text);
  }
});
