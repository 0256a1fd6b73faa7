/** Parses the reply of a remote script: sections between sentinels, whatever a login banner or a site's wrapper prints around them. */

import { decodeName } from "../text/bytes_name.ts";

/** `header`: the words of its first line; `text`: what the script printed until the next section. */
export interface ReplySection {
  readonly header: readonly string[];
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly text: string;
}

/** A section named `raw` is a stream, which is read to its end or cancelled before the next part is requested. */
export type ReplyPart =
  | { readonly section: ReplySection }
  | { readonly raw: ReadableStream<Uint8Array<ArrayBuffer>> };

/** The beginning of a section's first line. */
export function sentinel(nonce: string): string {
  return `@@${nonce} `;
}

/**
 * Limits in bytes. With a hundred thousand tasks no section is as long; no banner
 * before the first section is; and all sections together fit in memory.
 */
const LIMITS = { section: 2 ** 27, before: 2 ** 24, all: 2 ** 28 };

/** What a section needs in memory in addition to its bytes, approximately. */
const SECTION_OVERHEAD = 100;

/**
 * Yields each section once it is complete. What is printed before the first is
 * dropped; where there is none, `onUnread` gets the end of what was printed. What exceeds the limits, except for a raw section, ends the reply with
 * a section `too_long`.
 */
export async function* readReply(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  nonce: string,
  limits: typeof LIMITS = LIMITS,
  onUnread: (text: string) => void = () => {},
): AsyncGenerator<ReplyPart> {
  const sentinelBytes = new TextEncoder().encode(`\n${sentinel(nonce)}`);
  const reader = stream.getReader();
  // Begins with a newline, so that a sentinel on the very first line is recognised too.
  const pending = byteQueue(new Uint8Array([NEWLINE]));
  const open = { header: null as readonly string[] | null, all: 0 };
  const endTooLong = async (): Promise<ReplyPart> => {
    await reader.cancel();
    return { section: section(["too_long"], new Uint8Array()) };
  };
  for (;;) {
    const { done, value } = await reader.read();
    if (value) pending.add(value);
    for (const found of takeSentinels(pending, sentinelBytes, done)) {
      open.all += found.before.length + SECTION_OVERHEAD;
      if (open.all > limits.all) return yield await endTooLong();
      if (open.header) yield { section: section(open.header, found.before) };
      open.header = found.header;
      if (found.header[0] === "raw") {
        const { stream, ended } = streamToSentinel(
          reader,
          pending,
          sentinelBytes,
        );
        yield { raw: stream };
        await ended;
        open.header = null;
      }
    }
    if (done) break;
    if (pending.length > (open.header ? limits.section : limits.before)) {
      return yield await endTooLong();
    }
  }
  if (open.header) {
    yield { section: section(open.header, trim(pending.take())) };
  } else if (open.all === 0) {
    onUnread(decodeName(pending.take()).slice(-MAX_UNREAD));
  }
}

const NEWLINE = 10;

/** Characters. */
const MAX_UNREAD = 4000;

function section(
  header: readonly string[],
  bytes: Uint8Array<ArrayBuffer>,
): ReplySection {
  return {
    header,
    bytes,
    get text() {
      return decodeName(bytes);
    },
  };
}

/** Takes complete sentinel lines out of what was read so far. */
function* takeSentinels(
  pending: ByteQueue,
  sentinelBytes: Uint8Array,
  last: boolean,
): Generator<{ before: Uint8Array<ArrayBuffer>; header: readonly string[] }> {
  for (;;) {
    const at = pending.find(sentinelBytes);
    if (at < 0) return;
    const lineEnd = pending.indexOf(NEWLINE, at + sentinelBytes.length);
    if (lineEnd < 0 && !last) return;
    const end = lineEnd < 0 ? pending.length : lineEnd;
    const before = pending.take(at);
    const line = pending.take(end - at).subarray(sentinelBytes.length);
    // The newline that ends the line may also begin the next sentinel.
    if (isRaw(line)) pending.take(1);
    yield {
      before: before.subarray(Math.min(1, before.length)),
      header: decodeName(line).split(" "),
    };
  }
}

function isRaw(line: Uint8Array): boolean {
  return new TextDecoder().decode(line) === "raw";
}

/** A body is between the newline of its sentinel and the newline before the next one. */
function trim(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return bytes.subarray(Math.min(1, bytes.length));
}

/** What comes before the next sentinel, as a stream; `ended` resolves once it was read or cancelled. */
function streamToSentinel(
  reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>,
  pending: ByteQueue,
  sentinelBytes: Uint8Array,
): {
  readonly stream: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly ended: Promise<void>;
} {
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  const stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      for (;;) {
        const at = pending.find(sentinelBytes);
        // The end of what was read may be the beginning of a sentinel.
        const safe = at < 0 ? pending.length - sentinelBytes.length + 1 : at;
        if (safe > 0) controller.enqueue(pending.take(safe));
        if (at >= 0) return resolve(controller.close());
        if (safe > 0) return;
        const { done, value } = await reader.read();
        if (value) pending.add(value);
        if (!done) continue;
        if (pending.length > 0) controller.enqueue(pending.take());
        return resolve(controller.close());
      }
    },
    cancel: (reason) => reader.cancel(reason).then(resolve, resolve),
  });
  return { stream, ended };
}

/** Bytes that are added at one end and taken from the other, each searched once. */
interface ByteQueue {
  readonly length: number;
  add(bytes: Uint8Array): void;
  take(count?: number): Uint8Array<ArrayBuffer>;
  find(sentinelBytes: Uint8Array): number;
  indexOf(byte: number, from: number): number;
}

function byteQueue(first: Uint8Array): ByteQueue {
  const at = {
    start: 0,
    end: first.length,
    searched: 0,
    store: new Uint8Array(65536),
  };
  at.store.set(first);
  const view = () => at.store.subarray(at.start, at.end);
  return {
    get length() {
      return at.end - at.start;
    },
    add(bytes) {
      if (at.end + bytes.length > at.store.length) {
        const kept = view();
        const needed = kept.length + bytes.length;
        const store = needed > at.store.length
          ? new Uint8Array(2 * needed)
          : at.store;
        store.set(kept);
        Object.assign(at, { store, start: 0, end: kept.length });
      }
      at.store.set(bytes, at.end);
      at.end += bytes.length;
    },
    take(count = at.end - at.start) {
      const taken = at.store.slice(at.start, at.start + count);
      at.start += taken.length;
      at.searched = 0;
      return taken;
    },
    find(sentinelBytes) {
      const bytes = view();
      for (
        let i = bytes.indexOf(sentinelBytes[0]!, at.searched);
        i >= 0;
        i = bytes.indexOf(sentinelBytes[0]!, i + 1)
      ) {
        if (i + sentinelBytes.length > bytes.length) break;
        if (sentinelBytes.every((byte, k) => bytes[i + k] === byte)) return i;
      }
      // What was searched contains no sentinel, except perhaps for the beginning of one.
      at.searched = Math.max(0, bytes.length - sentinelBytes.length + 1);
      return -1;
    },
    indexOf: (byte, from) => view().indexOf(byte, from),
  };
}
