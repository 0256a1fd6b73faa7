import { deepStrictEqual, rejects, strictEqual } from "node:assert/strict";
import { channel } from "../../src/text/channel.ts";
import { idle } from "../helpers/fake_clock.ts";

const never = new AbortController().signal;

Deno.test("what was put before is taken at once, in order, and only once", async () => {
  const inbox = channel<number>();
  [1, 2, 3].forEach(inbox.put);
  deepStrictEqual(await inbox.take(never), [1, 2, 3]);
  inbox.put(4);
  deepStrictEqual(await inbox.take(never), [4]);
});

Deno.test("the listener waits for the first to tell something", async () => {
  const inbox = channel<number>();
  const heard: (readonly number[])[] = [];
  const taking = inbox.take(never).then((all) => heard.push(all));
  await idle();
  strictEqual(heard.length, 0);
  inbox.put(7);
  await taking;
  deepStrictEqual([...heard], [[7]]);
  inbox.take(never).then((all) => heard.push(all));
  await idle();
  strictEqual(heard.length, 1);
});

Deno.test("a nudge wakes the listener with nothing, also one that comes before", async () => {
  const inbox = channel<number>();
  inbox.nudge();
  deepStrictEqual(await inbox.take(never), []);
  const taking = inbox.take(never);
  inbox.nudge();
  deepStrictEqual(await taking, []);
});

Deno.test("the signal wakes the listener, now and when it was given before", async () => {
  const inbox = channel<number>();
  const over = new AbortController();
  const taking = inbox.take(over.signal);
  over.abort();
  deepStrictEqual(await taking, []);
  deepStrictEqual(await inbox.take(over.signal), []);
});

Deno.test("what was told when the signal came is not lost", async () => {
  const inbox = channel<number>();
  const over = new AbortController();
  const taking = inbox.take(over.signal);
  over.abort();
  inbox.put(1);
  deepStrictEqual([...await taking, ...await inbox.take(over.signal)], [1]);
});

Deno.test("a fault is thrown to the listener, whether it waits or comes later", async () => {
  const early = channel<number>();
  early.fail(new Error("a fault"));
  await rejects(early.take(never), /a fault/);
  const late = channel<number>();
  const taking = late.take(never);
  late.fail(new Error("a fault"));
  await rejects(taking, /a fault/);
});
