/** Reads what a remote script says: sections between sentinels, whatever a login banner or a site's wrapper prints around them. */

import { decodeName } from "../text/bytes_name.ts";

/** `words` of its first line, and what the script printed until the next. */
export interface ReplySection {
  readonly header: readonly string[];
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly text: string;
}

/** A section named `raw` is read while it comes: to its end, or cancelled, before the next part is asked for. */
export type ReplyPart =
  | { readonly section: ReplySection }
  | { readonly raw: ReadableStream<Uint8Array<ArrayBuffer>> };

/** What begins a section's first line. */
export function sentinel(nonce: string): string {
  return `@@${nonce} `;
}

/**
 * Bytes. No section of ours is as long, were there a hundred thousand tasks;
 * no banner before the first is; and all sections together fit in memory.
 */
const MOST = { section: 2 ** 27, before: 2 ** 24, all: 2 ** 28 };

/** What a section takes in memory beside its bytes, more or less. */
const SECTION_ITSELF = 100;

/**
 * The sections as they are complete. What is printed before the first is
 * dropped. What is longer than `most`, but for a raw one, ends the reply with a
 * section `too_long`.
 */
export async function* readReply(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  nonce: string,
  most: typeof MOST = MOST,
): AsyncGenerator<ReplyPart> {
  const mark = new TextEncoder().encode(`\n${sentinel(nonce)}`);
  const reader = stream.getReader();
  // Begins with a newline, so that a sentinel on the very first line is one too.
  const pending = growing(new Uint8Array([NEWLINE]));
  const open = { words: null as readonly string[] | null, all: 0 };
  const endless = async (): Promise<ReplyPart> => {
    await reader.cancel();
    return { section: section(["too_long"], new Uint8Array()) };
  };
  for (;;) {
    const { done, value } = await reader.read();
    if (value) pending.add(value);
    for (const found of cut(pending, mark, done)) {
      open.all += found.before.length + SECTION_ITSELF;
      if (open.all > most.all) return yield await endless();
      if (open.words) yield { section: section(open.words, found.before) };
      open.words = found.words;
      if (found.words[0] === "raw") {
        const { stream, over } = untilMark(reader, pending, mark);
        yield { raw: stream };
        await over;
        open.words = null;
      }
    }
    if (done) break;
    if (pending.length > (open.words ? most.section : most.before)) {
      return yield await endless();
    }
  }
  if (open.words) yield { section: section(open.words, trim(pending.take())) };
}

const NEWLINE = 10;

function section(
  words: readonly string[],
  bytes: Uint8Array<ArrayBuffer>,
): ReplySection {
  return {
    header: words,
    bytes,
    get text() {
      return decodeName(bytes);
    },
  };
}

/** Takes whole sentinel lines out of what was read so far. */
function* cut(
  pending: Growing,
  mark: Uint8Array,
  last: boolean,
): Generator<{ before: Uint8Array<ArrayBuffer>; words: readonly string[] }> {
  for (;;) {
    const at = pending.find(mark);
    if (at < 0) return;
    const lineEnd = pending.indexOf(NEWLINE, at + mark.length);
    if (lineEnd < 0 && !last) return;
    const end = lineEnd < 0 ? pending.length : lineEnd;
    const before = pending.take(at);
    const line = pending.take(end - at).subarray(mark.length);
    // The newline that ends the line may also begin the next sentinel.
    if (isRaw(line)) pending.take(1);
    yield {
      before: before.subarray(Math.min(1, before.length)),
      words: decodeName(line).split(" "),
    };
  }
}

function isRaw(line: Uint8Array): boolean {
  return new TextDecoder().decode(line) === "raw";
}

/** A body stands between the newline of its sentinel and the one before the next. */
function trim(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return bytes.subarray(Math.min(1, bytes.length));
}

/** What comes before the next mark, as a stream; `over` once it was read or cancelled. */
function untilMark(
  reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>,
  pending: Growing,
  mark: Uint8Array,
): {
  readonly stream: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly over: Promise<void>;
} {
  const { promise: over, resolve } = Promise.withResolvers<void>();
  const stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      for (;;) {
        const at = pending.find(mark);
        // The end of what is there may be the beginning of a mark.
        const safe = at < 0 ? pending.length - mark.length + 1 : at;
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
  return { stream, over };
}

/** Bytes that grow at one end and are taken from the other, each searched once. */
interface Growing {
  readonly length: number;
  add(bytes: Uint8Array): void;
  take(count?: number): Uint8Array<ArrayBuffer>;
  find(mark: Uint8Array): number;
  indexOf(byte: number, from: number): number;
}

function growing(first: Uint8Array): Growing {
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
    find(mark) {
      const bytes = view();
      for (
        let i = bytes.indexOf(mark[0]!, at.searched);
        i >= 0;
        i = bytes.indexOf(mark[0]!, i + 1)
      ) {
        if (i + mark.length > bytes.length) break;
        if (mark.every((byte, k) => bytes[i + k] === byte)) return i;
      }
      // What was looked through holds no mark, but for the beginning of one.
      at.searched = Math.max(0, bytes.length - mark.length + 1);
      return -1;
    },
    indexOf: (byte, from) => view().indexOf(byte, from),
  };
}
