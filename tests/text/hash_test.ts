import { match, strictEqual } from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import fc from "fast-check";
import { sha1, sha256, shortHash } from "../../src/text/hash.ts";

const byNode = (name: string, content: string | Uint8Array): string =>
  createHash(name).update(content).digest("hex");

Deno.test("both digests agree with node:crypto at every length around the padding", () => {
  for (let length = 0; length < 260; length++) {
    const bytes = Uint8Array.from({ length }, (_, at) => at * 7 + length);
    strictEqual(sha256(bytes), byNode("sha256", bytes));
    strictEqual(sha1(bytes), byNode("sha1", bytes));
  }
});

Deno.test("both digests agree with node:crypto on any text", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => {
      strictEqual(sha256(text), byNode("sha256", text));
      strictEqual(sha1(text), byNode("sha1", text));
    }),
  );
});

Deno.test("a digest is the same just below and above the size that is given to node:crypto", () => {
  for (const length of [256 * 1024 - 1, 256 * 1024, 256 * 1024 + 1]) {
    const bytes = new Uint8Array(length).fill(3);
    strictEqual(sha256(bytes), byNode("sha256", bytes));
  }
});

Deno.test("the short digest is the beginning of base 32", () => {
  const letters = "abcdefghijklmnopqrstuvwxyz234567";
  fc.assert(fc.property(fc.string(), (text) => {
    const bits = [...Buffer.from(byNode("sha256", text), "hex")].map((byte) =>
      byte.toString(2).padStart(8, "0")
    );
    const groups = bits.join("").match(/.{5}/g)!.slice(0, 20);
    strictEqual(
      shortHash(text),
      groups.map((group) => letters[parseInt(group, 2)]).join(""),
    );
  }));
  match(shortHash("abc"), /^[a-z2-7]{20}$/);
});
