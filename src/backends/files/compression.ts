/** Compresses and decompresses streams. */
import type { Transform } from "node:stream";
import {
  constants,
  createGunzip,
  createGzip,
  createZstdCompress,
  createZstdDecompress,
} from "node:zlib";
import type { Compression } from "../../script/compression.ts";
import { overLimit } from "./download_limits.ts";

type Bytes = ReadableStream<Uint8Array<ArrayBuffer>>;

export function compress(stream: Bytes, how: Compression): Bytes {
  const level = { [constants.ZSTD_c_compressionLevel]: 1 };
  return through(
    stream,
    how === "gzip"
      ? createGzip({ level: 1 })
      : createZstdCompress({ params: level }),
  );
}

/** Below this size (bytes) any expansion is allowed. */
const ANY_EXPANSION = 16 * 2 ** 30;

/**
 * Fails where the expansion is beyond the limit. A truncated zstd stream gives
 * what it has without an error: the content must have its own end mark.
 */
export function decompress(
  stream: Bytes,
  how: Compression,
  times: number,
  anyBytes = ANY_EXPANSION,
): Bytes {
  const seen = { before: 0, after: 0 };
  const counted = stream.pipeThrough(tap((bytes) => seen.before += bytes));
  const step = how === "gzip" ? createGunzip() : createZstdDecompress();
  return through(counted, step).pipeThrough(tap((bytes) => {
    seen.after += bytes;
    if (seen.after > anyBytes && seen.after > times * seen.before) {
      throw overLimit(
        `the download expands more than ${times}-fold`,
        "machine.max_expansion",
      );
    }
  }));
}

/** Duplex.toWeb buffers its input without limit (Deno 2.9.6). */
function through(stream: Bytes, step: Transform): Bytes {
  const closed = new Promise<void>((resolve) => step.once("close", resolve));
  feed(stream, step, closed).catch((error) => step.destroy(error));
  // Events may follow after the reader has cancelled.
  const seen = { over: false };
  return new ReadableStream({
    start(controller) {
      const once = (end: () => void) => {
        if (!seen.over) end();
        seen.over = true;
      };
      step.on("data", (bytes: Uint8Array<ArrayBuffer>) => {
        if (seen.over) return;
        controller.enqueue(bytes);
        if ((controller.desiredSize ?? 0) <= 0) step.pause();
      });
      step.on("end", () => once(() => controller.close()));
      step.on("error", (error) => once(() => controller.error(error)));
    },
    pull: () => void step.resume(),
    cancel() {
      seen.over = true;
      step.destroy();
    },
  });
}

/** Reads the next chunk when the previous one is processed. */
async function feed(
  stream: Bytes,
  step: Transform,
  closed: Promise<void>,
): Promise<void> {
  for await (const bytes of stream) {
    const through = new Promise<void>((resolve, reject) =>
      step.write(bytes, (error) => error ? reject(error) : resolve())
    );
    await Promise.race([through, closed]);
    // The reader has cancelled.
    if (step.destroyed) return;
  }
  step.end();
}

/** Reports the bytes of each chunk. */
function tap(
  tell: (bytes: number) => void,
): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
  return new TransformStream({
    transform(chunk, controller) {
      tell(chunk.length);
      controller.enqueue(chunk);
    },
  });
}
