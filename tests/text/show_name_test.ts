import { strictEqual } from "node:assert/strict";
import { decodeName } from "../../src/text/bytes_name.ts";
import { showName, someNames } from "../../src/text/show_name.ts";

Deno.test("a name is shown in quotes, with its bytes where it is not UTF-8", () => {
  const name = new Uint8Array([0x77, 0xff, 0x22, 0xc3, 0xa9, 0x80]);
  strictEqual(showName(decodeName(name)), '"w\\xff\\"é\\x80"');
});

Deno.test("of many names the first five are shown, and the number of the others", () => {
  strictEqual(someNames(["a", "b"]), '"a", "b"');
  strictEqual(
    someNames(["a", "b", "c", "d", "e", "f", "g"]),
    '"a", "b", "c", "d", "e" and 2 more',
  );
});
