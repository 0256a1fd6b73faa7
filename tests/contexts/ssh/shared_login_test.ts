import { strictEqual } from "node:assert/strict";
import { sharedLogin } from "../../../src/contexts/ssh/shared_login.ts";

Deno.test("One login at a time, which only its own callers can forget", async () => {
  const begun: number[] = [];
  const login = sharedLogin(() => Promise.resolve(begun.push(0)));
  strictEqual(login.current(), null);
  const first = login.get();
  strictEqual(login.get(), first);
  login.forget(first);
  strictEqual(login.current(), null);
  const second = login.get();
  // A late call for the first login has no effect.
  login.forget(first);
  strictEqual(login.get(), second);
  strictEqual(await second, 2);
  strictEqual(begun.length, 2);
});
