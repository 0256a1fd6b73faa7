/** A script on a logged-in connection, as a {@linkcode Stream}. */
import type { Readable } from "node:stream";
import { fail, ok, type Result } from "../../text/result.ts";
import type { Environment } from "../../environment/environment.ts";
import {
  type ConnectionLoss,
  encodeScript,
  type Io,
  LOADER,
  type Stream,
} from "../shell.ts";
import {
  type ExecuteCommand,
  executeCommandScript,
  waitFor,
} from "./execute_command.ts";
import type { Client, ClientChannel } from "./ssh2.ts";

/** Bytes that may wait for their reader. */
const READ_AHEAD = 1 << 20;

/** Rejects where the host opens no further one. */
export function openChannel(client: Client): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    client.exec(LOADER, (error, channel) => {
      if (error) reject(error);
      else resolve(channel);
    });
  });
}

/** Runs a command until it ends, or was waited for long enough. */
export async function runOnce(
  client: Client,
  once: ExecuteCommand,
  world: Pick<Environment, "clock">,
): Promise<void> {
  const channel = await openChannel(client).catch(() => null);
  if (channel === null) return;
  const end = new Promise<void>((resolve) => {
    channel.once("exit", () => resolve());
    channel.once("close", () => resolve());
  });
  channel.on("error", () => {});
  channel.resume();
  channel.stderr.resume();
  channel.end(encodeScript(executeCommandScript(once)));
  await waitFor(end, once, world);
  channel.destroy();
}

/** `lost` tells why the connection ended, for a script that it took along. */
export function talk(
  channel: ClientChannel,
  script: string,
  { stdin, signal }: Io,
  lost: () => ConnectionLoss,
): Stream {
  const exit = new Promise<Result<number, ConnectionLoss>>((resolve) => {
    const seen = { code: null as number | null };
    channel.on("exit", (code: number | null) => {
      // Null: ended by a signal.
      seen.code = code ?? 255;
    });
    channel.on(
      "close",
      () => resolve(seen.code === null ? fail(lost()) : ok(seen.code)),
    );
  });
  const leave = () => void channel.destroy();
  if (signal?.aborted) leave();
  signal?.addEventListener("abort", leave);
  exit.then(() => signal?.removeEventListener("abort", leave));
  feed(channel, script, stdin);
  return { stdout: webOf(channel), stderr: webOf(channel.stderr), exit };
}

/** A script may leave before it has read everything. */
async function feed(
  channel: ClientChannel,
  script: string,
  data: Io["stdin"],
): Promise<void> {
  channel.on("error", () => {});
  const closed = new Promise<void>((resolve) => channel.once("close", resolve));
  const write = async (bytes: Uint8Array): Promise<boolean> => {
    if (channel.destroyed || !channel.writable) return false;
    if (channel.write(bytes)) return true;
    const drained = new Promise<void>((resolve) =>
      channel.once("drain", resolve)
    );
    await Promise.race([drained, closed]);
    return !channel.destroyed;
  };
  await write(encodeScript(script));
  const reader = data?.getReader();
  try {
    for (;;) {
      const part = await reader?.read();
      if (!part || part.done) break;
      if (!await write(part.value)) return await reader?.cancel();
    }
    channel.end();
  } catch {
    // The source broke: half of it must not look like a whole.
    channel.destroy();
  }
}

function webOf(readable: Readable): ReadableStream<Uint8Array<ArrayBuffer>> {
  const seen = { ended: false };
  return new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      const end = () => {
        if (!seen.ended) controller.close();
        seen.ended = true;
      };
      readable.on("data", (bytes: Uint8Array<ArrayBuffer>) => {
        if (seen.ended) return;
        controller.enqueue(bytes);
        if ((controller.desiredSize ?? 0) <= 0) readable.pause();
      });
      readable.on("end", end);
      readable.on("close", end);
      readable.on("error", end);
    },
    pull: () => void readable.resume(),
    cancel() {
      seen.ended = true;
      // What still comes is dropped, so that the script is not held up.
      readable.resume();
    },
  }, new ByteLengthQueuingStrategy({ highWaterMark: READ_AHEAD }));
}
