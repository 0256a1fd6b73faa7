import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { stallLimit } from "../../../src/backends/shell/stall_limit.ts";
import { fakeClock } from "../../helpers/environment.ts";

/** Chunks that come when they are sent, through a patience of 100 s. */
function watching() {
  const clock = fakeClock();
  const held = { send: (_text: string) => {}, isOver: false };
  const source = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      held.send = (text) => controller.enqueue(new TextEncoder().encode(text));
    },
  });
  const waiting = stallLimit(100, clock);
  waiting.isOver.then(() => held.isOver = true);
  return { clock, held, waiting, reader: waiting.watch(source).getReader() };
}

Deno.test("A transfer without progress while a reader waits is stopped", async () => {
  const { clock, held, waiting, reader } = watching();
  using _ = waiting;
  const read = reader.read();
  await clock.advance(90_000);
  strictEqual(held.isOver, false);
  await clock.advance(60_000);
  strictEqual(held.isOver, true);
  deepStrictEqual((await read).done, true);
});

Deno.test("A transfer that no reader waits for has no time limit", async () => {
  const { clock, held, waiting, reader } = watching();
  using _ = waiting;
  held.send("first");
  await reader.read();
  await clock.advance(1_000_000);
  strictEqual(held.isOver, false);
});
