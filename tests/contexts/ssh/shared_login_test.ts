import { strictEqual } from "node:assert/strict";
import { currentOf } from "../../../src/contexts/ssh/shared_login.ts";

Deno.test("One login at a time, which none but who was let in by it can give up", async () => {
  const begun: number[] = [];
  const login = currentOf(() => Promise.resolve(begun.push(0)));
  strictEqual(login.now(), null);
  const first = login.get();
  strictEqual(login.get(), first);
  login.forget(first);
  strictEqual(login.now(), null);
  const second = login.get();
  // A late one of the first.
  login.forget(first);
  strictEqual(login.get(), second);
  strictEqual(await second, 2);
  strictEqual(begun.length, 2);
});
