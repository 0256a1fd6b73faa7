/** Reads a stream in requested portions. */
type Bytes = Uint8Array<ArrayBuffer>;

export interface Source {
  /** Exactly this many bytes. */
  take(count: number): Promise<Bytes>;
  /** The bytes available now, at least one, at most `most`. */
  some(most: number): Promise<Bytes>;
  skip(count: number): Promise<void>;
  /** Reads to the end; only padding may follow. */
  rest(): Promise<void>;
  close(): Promise<void>;
}

export function sourceOf(stream: ReadableStream<Bytes>): Source {
  const reader = stream.getReader();
  const held = { bytes: new Uint8Array() };
  const more = async (): Promise<boolean> => {
    const { done, value } = await reader.read();
    if (done) return false;
    held.bytes = value;
    return true;
  };
  const some = async (most: number): Promise<Bytes> => {
    while (held.bytes.length === 0) {
      if (!await more()) throw new Error("Tar archive is truncated.");
    }
    const part = held.bytes.subarray(0, most);
    held.bytes = held.bytes.subarray(part.length);
    return part;
  };
  return {
    some,
    async take(count) {
      if (count > 0 && held.bytes.length >= count) return await some(count);
      const taken = new Uint8Array(count);
      for (let at = 0; at < count;) {
        const part = await some(count - at);
        taken.set(part, at);
        at += part.length;
      }
      return taken;
    },
    async skip(count) {
      for (let left = count; left > 0;) left -= (await some(left)).length;
    },
    async rest() {
      do {
        if (!isZero(held.bytes)) throw damaged("data after its end");
      } while (await more());
    },
    close: () => reader.cancel().catch(() => {}),
  };
}

export function damaged(how: string): Error {
  return new Error(`the archive is damaged: ${how}`);
}

export function isZero(block: Bytes): boolean {
  return block.every((byte) => byte === 0);
}
