import { match, ok, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import { visible, visibleJson } from "../../src/text/visible.ts";

/** What commands a terminal or hides, each by its number: written out, so that no class of characters decides alone. */
const hidden: readonly number[] = [
  ...[...Array(0xa0).keys()].filter((point) =>
    (point < 0x20 || point > 0x7e) && point !== 0x0a && point !== 0x09
  ),
  ...[0xad, 0x34f, 0x61c, 0x115f, 0x180e, 0x200b, 0x200c, 0x200d, 0x200e],
  ...[0x200f, 0x2028, 0x2029, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2060],
  ...[0x2064, 0x2066, 0x2067, 0x2068, 0x2069, 0x206f, 0x3164, 0xfeff, 0xffa0],
  ...[0xfff9, 0xfffb, 0xd800, 0xdfff, 0xe0001, 0xe0041, 0xe0100],
];

Deno.test("characters that control a terminal or are invisible are shown by their number", () => {
  for (const point of hidden) {
    const shown = visible(`a${String.fromCodePoint(point)}b`);
    match(shown, /^a\\(x|u\{?)[0-9a-f]+\}?b$/);
    ok(shown.includes(point.toString(16)), shown);
  }
  strictEqual(visible("r\udce9"), "r\\xe9");
  strictEqual(visible("\x1b]0;t\x07\x9b1m"), "\\x1b]0;t\\x07\\x9b1m");
});

Deno.test("letters of all scripts, emoji, tabs and line ends stay as they are", () => {
  for (
    const text of ["é✓", "名字.txt", "שלום عربى", "❤️ 👩", "a\tb\nc\n", "´`~\\"]
  ) strictEqual(visible(text), text);
  strictEqual(visible("a\r\nb\rc"), "a\nb\\x0dc");
});

Deno.test("JSON keeps its meaning, and nothing in it is invisible", () => {
  const text = fc.string({
    unit: fc.oneof(
      fc.constantFrom(...hidden).map((point) => String.fromCodePoint(point)),
      fc.string({ unit: "binary", minLength: 1, maxLength: 1 }),
    ),
  });
  fc.assert(fc.property(fc.dictionary(text, text), (value) => {
    const json = visibleJson(value);
    strictEqual(visible(json), json);
    strictEqual(JSON.stringify(JSON.parse(json)), JSON.stringify(value));
  }));
});
