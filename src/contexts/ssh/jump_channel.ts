/** A channel of a jump host as the socket of the connection to the next host. */
import { Buffer } from "node:buffer";
import { Duplex } from "node:stream";

/**
 * What is written reaches the channel only when the writer has returned.
 * chacha20 of ssh2 1.17 (class ChaChaPolyCipherNative of its
 * lib/protocol/crypto.js) needs that: it writes a packet in parts, with the
 * packet's nonce in a variable of all connections. If the jump host's
 * connection encrypted the first part within that write, it would change the
 * nonce of the other parts, and the next host could not decrypt them.
 */
export function socketOver(channel: Duplex): Duplex {
  const socket = new Duplex({
    allowHalfOpen: false,
    read: () => void channel.resume(),
    // Parts that wait are written as one, because each write is a packet of the jump host's connection.
    writev(parts, then) {
      const bytes = Buffer.concat(parts.map(({ chunk }) => chunk));
      queueMicrotask(() => channel.write(bytes, then));
    },
    final: (then) => void channel.end(() => then()),
    destroy(error, then) {
      channel.destroy();
      then(error);
    },
  });
  channel.on("data", (bytes) => {
    if (!socket.push(bytes)) channel.pause();
  });
  channel.on("end", () => socket.push(null));
  channel.on("error", (error) => socket.destroy(error));
  channel.on("close", () => socket.destroy());
  return socket;
}
