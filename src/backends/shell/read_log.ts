/** Reads a log of a task from the remote directory. */
import type { LogFile } from "../../model/backend_messages.ts";
import { logScript } from "../../script/log_script.ts";
import { join } from "../../text/path.ts";
import { ok, type Result } from "../../text/result.ts";
import { type Remote, streamRemote } from "./call_remote.ts";

/** The log from byte `from` on to its present end; a failure is the last. */
export async function* readLog(
  remote: Remote,
  { dir, name }: LogFile,
  from: number,
  signal: AbortSignal,
): AsyncGenerator<Result<Uint8Array>> {
  const path = join(dir, name);
  const request = {
    purpose: `read the log ${path}`,
    body: logScript(path, from),
    hasRaw: true,
    signal,
  };
  for await (const part of streamRemote(remote, request)) {
    if (signal.aborted) return;
    if (!part.ok) return yield part;
    if ("raw" in part.value) yield* chunksOf(part.value.raw, signal);
    if (signal.aborted) return;
  }
}

/** Ends with the signal, even where the remote host hangs. */
async function* chunksOf(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  signal: AbortSignal,
): AsyncGenerator<Result<Uint8Array>> {
  const reader = stream.getReader();
  const cancel = () => void reader.cancel().catch(() => {});
  signal.addEventListener("abort", cancel, { once: true });
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done || signal.aborted) return;
      yield ok(value);
    }
  } finally {
    signal.removeEventListener("abort", cancel);
    cancel();
  }
}
