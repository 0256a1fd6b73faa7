import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import {
  findReference,
  isBrokenReference,
  plainSecret,
  plainText,
  readReference,
} from "../../src/schema/secret.ts";

Deno.test("a plain secret gives its text only to plainText", () => {
  const secret = plainSecret("hunter2");
  strictEqual(plainText(secret), "hunter2");
  const shown = [
    JSON.stringify(secret),
    Deno.inspect(secret, { showHidden: true }),
    JSON.stringify(Object.getOwnPropertyNames(secret)),
    JSON.stringify(structuredClone(secret)),
  ];
  for (const text of shown) ok(!text.includes("hunter2"));
  strictEqual(plainText({ ...secret }), null);
});

Deno.test("a reference is the whole value", () => {
  deepStrictEqual(readReference("${env:PW_1}"), { from: "env", name: "PW_1" });
  deepStrictEqual(readReference("${cmd:echo ${X}}"), {
    from: "cmd",
    command: "echo ${X}",
  });
  for (const text of ["x${env:PW}", "${env:PW}\n", "${env:}", "${env:1}"]) {
    strictEqual(readReference(text), null, text);
  }
});

Deno.test("an invalid reference is not taken for a password", () => {
  for (const text of ["${ENV:PW}", "${env:}", "x${env:PW}", "${vault:x}"]) {
    strictEqual(isBrokenReference(text), true, text);
  }
  for (const text of ["pa$$word", "${env:PW}", "a{b:c}", "${"]) {
    strictEqual(isBrokenReference(text), false, text);
  }
});

Deno.test("expansions of the shell are no references", () => {
  for (const text of ["${env:-x}", "${file:0:3}", "${cmd}", "${env: 1}"]) {
    strictEqual(findReference(text), null, text);
  }
  strictEqual(findReference("a ${file:/x} b"), "${file:/x}");
});
