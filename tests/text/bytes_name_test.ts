import { deepStrictEqual, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import {
  decodeName,
  encodeName,
  isBytesName,
} from "../../src/text/bytes_name.ts";

Deno.test("Any bytes come back from text as they were", () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          fc.uint8Array({ maxLength: 6 }),
          fc.string({ unit: "binary" }).map((text) =>
            new TextEncoder().encode(text)
          ),
        ),
      ),
      (parts) => {
        const bytes = Uint8Array.from(parts.flatMap((part) => [...part]));
        deepStrictEqual(encodeName(decodeName(bytes)), bytes);
      },
    ),
    { numRuns: 500 },
  );
});

Deno.test("Text that is UTF-8 is itself", () => {
  const bytes = new TextEncoder().encode("\ufeffé, 𝄞 and \ufffd");
  strictEqual(decodeName(bytes), "\ufeffé, 𝄞 and \ufffd");
  strictEqual(isBytesName(decodeName(bytes)), false);
});

for (
  const [what, bytes, text] of [
    ["a byte of Latin-1", [0x72, 0xe9], "r\udce9"],
    ["a character cut off", [0xe2, 0x82], "\udce2\udc82"],
    ["a surrogate", [0xed, 0xb3, 0xa9], "\udced\udcb3\udca9"],
    ["an overlong slash", [0xc0, 0xaf], "\udcc0\udcaf"],
    ["beyond Unicode", [0xf5, 0x80, 0x80, 0x80], "\udcf5\udc80\udc80\udc80"],
    [
      "a byte behind four of a character",
      [0xf0, 0x9d, 0x84, 0x9e, 0xb0],
      "𝄞\udcb0",
    ],
  ] as const
) {
  Deno.test(`In a name, ${what} represents its bytes`, () => {
    const name = decodeName(Uint8Array.from(bytes));
    strictEqual(name, text);
    strictEqual(isBytesName(name), true);
    deepStrictEqual([...encodeName(name)], bytes);
    strictEqual(JSON.parse(JSON.stringify(name)), name);
  });
}
