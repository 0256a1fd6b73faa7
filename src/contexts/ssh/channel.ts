/** Runs a script over a connection, as a {@linkcode Stream}. */
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

/** How many bytes are buffered for the reader. */
const READ_AHEAD_BYTES = 1 << 20;

/** How long a host may take to open a channel and start its loader (s). */
const OPEN_LIMIT_S = 60;

/** Rejects where the host does not open another channel. */
export async function openChannel(
  client: Client,
  { clock }: Pick<Environment, "clock">,
): Promise<ClientChannel> {
  const answered = new AbortController();
  const opened = new Promise<ClientChannel>((resolve, reject) => {
    client.exec(LOADER, (error, channel) => {
      if (answered.signal.aborted) channel?.destroy();
      if (error) reject(error);
      else resolve(channel);
    });
  });
  const tooLate = clock.sleep(1000 * OPEN_LIMIT_S, answered.signal).then(() => {
    throw new Error(`no answer within ${OPEN_LIMIT_S} s`);
  });
  // It is over also when it is not waited for any more.
  tooLate.catch(() => {});
  try {
    return await Promise.race([opened, tooLate]);
  } finally {
    answered.abort();
    opened.catch(() => {});
  }
}

/** Runs execute_command, until it ends or its time is over. */
export async function runExecuteCommand(
  client: Client,
  command: ExecuteCommand,
  environment: Pick<Environment, "clock">,
): Promise<void> {
  const channel = await openChannel(client, environment).catch(() => null);
  if (channel === null) return;
  const end = new Promise<void>((resolve) => {
    channel.once("exit", () => resolve());
    channel.once("close", () => resolve());
  });
  channel.on("error", () => {});
  channel.resume();
  channel.stderr.resume();
  channel.end(encodeScript(executeCommandScript(command)));
  await waitFor(end, command, environment);
  channel.destroy();
}

/** `lost` returns why the connection ended, for a script that was running then. */
export function runScript(
  channel: ClientChannel,
  script: string,
  { stdin, signal }: Io,
  lost: () => ConnectionLoss,
): Stream {
  const exit = new Promise<Result<number, ConnectionLoss>>((resolve) => {
    const state = { code: null as number | null };
    channel.on("exit", (code: number | null) => {
      // The code is null where a signal ended the script.
      state.code = code ?? 255;
    });
    channel.on(
      "close",
      () => resolve(state.code === null ? fail(lost()) : ok(state.code)),
    );
  });
  const stop = () => void channel.destroy();
  if (signal?.aborted) stop();
  signal?.addEventListener("abort", stop);
  exit.then(() => signal?.removeEventListener("abort", stop));
  writeInput(channel, script, stdin);
  return {
    stdout: webStream(channel),
    stderr: webStream(channel.stderr),
    exit,
  };
}

/** A script may end before it has read all its input. */
async function writeInput(
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
    // The source failed: the end of the input would make incomplete data look complete.
    channel.destroy();
  }
}

function webStream(
  readable: Readable,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const state = { isEnded: false };
  return new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      const end = () => {
        if (!state.isEnded) controller.close();
        state.isEnded = true;
      };
      readable.on("data", (bytes: Uint8Array<ArrayBuffer>) => {
        if (state.isEnded) return;
        controller.enqueue(bytes);
        if ((controller.desiredSize ?? 0) <= 0) readable.pause();
      });
      readable.on("end", end);
      readable.on("close", end);
      readable.on("error", end);
    },
    pull: () => void readable.resume(),
    cancel() {
      state.isEnded = true;
      // The rest is read and dropped, so that the script does not block.
      readable.resume();
    },
  }, new ByteLengthQueuingStrategy({ highWaterMark: READ_AHEAD_BYTES }));
}
