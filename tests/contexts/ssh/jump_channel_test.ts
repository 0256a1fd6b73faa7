/** The socket over a channel of a jump host. */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { Buffer } from "node:buffer";
import { once } from "node:events";
import { Duplex } from "node:stream";
import { socketOver } from "../../../src/contexts/ssh/jump_channel.ts";

const { test } = Deno;

/** A channel that keeps what is written, and sends what `push` gets. */
function fakeChannel() {
  const written: string[] = [];
  const channel = new Duplex({
    read() {},
    write(bytes, _encoding, then) {
      written.push(String(bytes));
      then();
    },
  });
  return { channel, written };
}

test("nothing reaches the channel before the writer has returned; then all does, in order and in few writes", async () => {
  const { channel, written } = fakeChannel();
  const socket = socketOver(channel);
  for (const part of ["length", " payload", " mac"]) socket.write(part);
  deepStrictEqual(written, []);
  socket.end();
  await once(channel, "finish");
  deepStrictEqual(written, ["length", " payload mac"]);
  socket.destroy();
});

test("what the channel sends is read, and its end ends the socket", async () => {
  const { channel } = fakeChannel();
  const socket = socketOver(channel);
  // More than both buffers hold: the channel is paused in between.
  const sent = Array.from({ length: 64 }, (_, i) => Buffer.alloc(65_536, i));
  sent.forEach((bytes) => channel.push(bytes));
  channel.push(null);
  ok(Buffer.concat(sent).equals(Buffer.concat(await Array.fromAsync(socket))));
  ok(channel.writableEnded);
});

test("a channel that closes or fails ends the socket, even with a write that never ends", async () => {
  for (const error of [undefined, new Error("gone")]) {
    const channel = new Duplex({ read() {}, write() {} });
    const socket = socketOver(channel);
    const failed = error ? once(socket, "error") : null;
    socket.write("unsent");
    socket.end();
    const closed = Promise.withResolvers<void>();
    socket.once("close", () => closed.resolve());
    channel.destroy(error);
    await closed.promise;
    strictEqual((await failed)?.[0], error);
  }
});

test("a socket that is destroyed closes the channel", async () => {
  const { channel } = fakeChannel();
  socketOver(channel).destroy();
  await once(channel, "close");
});
