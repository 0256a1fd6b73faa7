/** Compresses and counts transferred streams. */
import type { Compression } from "../../script/compression.ts";
import type { Clock } from "../../environment/environment.ts";
import type { Transfer } from "../../model/backend_messages.ts";

type Bytes = ReadableStream<Uint8Array<ArrayBuffer>>;

export interface TransferOptions {
  readonly compression: Compression | null;
  readonly total: number | null;
  readonly clock: Clock;
  readonly onTransfer: (transfer: Transfer) => void;
}

/** An upload. */
export async function outgoingStream(
  stream: Bytes,
  way: TransferOptions,
): Promise<Bytes> {
  const seen = counted(stream, way);
  if (way.compression === null) return seen;
  const { compress } = await import("./compression.ts");
  return compress(seen, way.compression);
}

/** A download; `mostExpansion`: how many times larger it may be after decompression. */
export async function incomingStream(
  stream: Bytes,
  way: TransferOptions & { readonly mostExpansion: number },
): Promise<Bytes> {
  if (way.compression === null) return counted(stream, way);
  const { decompress } = await import("./compression.ts");
  return counted(decompress(stream, way.compression, way.mostExpansion), way);
}

function counted(
  stream: Bytes,
  { total, clock, onTransfer }: TransferOptions,
): Bytes {
  const since = clock.elapsed();
  const seen = { bytes: 0 };
  return stream.pipeThrough(
    new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform(chunk, controller) {
        seen.bytes += chunk.length;
        onTransfer({ bytes: seen.bytes, total, since });
        controller.enqueue(chunk);
      },
    }),
  );
}
