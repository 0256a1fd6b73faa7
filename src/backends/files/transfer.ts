/** A stream on its way, squeezed and counted. */
import type { Squeeze } from "../../script/compression.ts";
import type { Clockwork } from "../../environment/environment.ts";
import type { Transfer } from "../../model/backend_messages.ts";

type Bytes = ReadableStream<Uint8Array<ArrayBuffer>>;

export interface Way {
  readonly squeeze: Squeeze | null;
  readonly total: number | null;
  readonly clock: Clockwork;
  readonly onTransfer: (transfer: Transfer) => void;
}

/** What goes there. */
export async function transfer(stream: Bytes, way: Way): Promise<Bytes> {
  const seen = counted(stream, way);
  if (way.squeeze === null) return seen;
  const { squeeze } = await import("./compression.ts");
  return squeeze(seen, way.squeeze);
}

/** What comes back; `mostExpansion`: it may be so many times larger once it is whole again. */
export async function arrival(
  stream: Bytes,
  way: Way & { readonly mostExpansion: number },
): Promise<Bytes> {
  if (way.squeeze === null) return counted(stream, way);
  const { expand } = await import("./compression.ts");
  return counted(expand(stream, way.squeeze, way.mostExpansion), way);
}

function counted(stream: Bytes, { total, clock, onTransfer }: Way): Bytes {
  const since = clock.now();
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
