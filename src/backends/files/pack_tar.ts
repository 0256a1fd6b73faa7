/** Writes an upload as a tar stream. */
import { createTarPacker, type TarHeader } from "modern-tar";
import type { ArchiveEntry, FileEntry } from "./archive_entries.ts";

type Bytes = ReadableStream<Uint8Array<ArrayBuffer>>;

/**
 * Streams the entries as a tar archive. A file that can no longer be read, or that
 * has become shorter, breaks the stream, so that the remote host never accepts an
 * incomplete archive.
 */
export function packTar(entries: readonly ArchiveEntry[]): Bytes {
  const { readable, controller } = createTarPacker();
  packAll(entries, (header, body) => add(controller.add(header), body))
    .then(() => controller.finalize(), (error) => controller.error(error));
  return readable.pipeThrough(gather());
}

/** Bytes of one chunk: small chunks cost as much as large ones. */
const CHUNK_BYTES = 1 << 16;

function gather(): TransformStream<
  Uint8Array<ArrayBuffer>,
  Uint8Array<ArrayBuffer>
> {
  const pool = { bytes: new Uint8Array(CHUNK_BYTES), used: 0 };
  const release = (controller: TransformStreamDefaultController) => {
    if (pool.used === 0) return;
    controller.enqueue(pool.bytes.subarray(0, pool.used));
    Object.assign(pool, { bytes: new Uint8Array(CHUNK_BYTES), used: 0 });
  };
  return new TransformStream({
    transform(chunk, controller) {
      if (pool.used + chunk.length > CHUNK_BYTES) release(controller);
      if (chunk.length >= CHUNK_BYTES) return controller.enqueue(chunk);
      pool.bytes.set(chunk, pool.used);
      pool.used += chunk.length;
    },
    flush: release,
  });
}

type Body = Bytes | Uint8Array | null;
type Add = (header: TarHeader, body: Body) => Promise<void>;

async function add(to: WritableStream<Uint8Array>, body: Body): Promise<void> {
  if (body instanceof ReadableStream) return await body.pipeTo(to);
  const writer = to.getWriter();
  if (body) await writer.write(body);
  await writer.close();
}

async function packAll(
  entries: readonly ArchiveEntry[],
  add: Add,
): Promise<void> {
  for (const entry of entries) {
    const { to } = entry;
    if ("directory" in entry) {
      const { mode = 0o755 } = entry;
      await add({ name: `${to}/`, size: 0, type: "directory", mode }, null);
    } else if ("text" in entry) {
      const { text, mode = 0o644 } = entry;
      const bytes = new TextEncoder().encode(text);
      await add({ name: to, size: bytes.length, mode }, bytes);
    } else if ("link" in entry) {
      const linkname = entry.link;
      await add({ name: to, size: 0, type: "symlink", linkname }, null);
    } else await packFile(entry, add);
  }
}

/** Larger files (bytes) are streamed, not read at once. */
const STREAMED_FROM = 1 << 20;

async function packFile(
  { to, from, mode, modified, bytes }: FileEntry,
  add: Add,
): Promise<void> {
  const header = { name: to, mode, mtime: new Date(modified) };
  if (bytes < STREAMED_FROM) {
    const whole = atOnce(from);
    return await add({ ...header, size: whole.length }, whole);
  }
  const file = await Deno.open(from);
  const size = (await file.stat()).size;
  await add({ ...header, size }, upTo(size, file.readable, from));
}

/** An asynchronous call costs more than a small file. */
function atOnce(path: string): Uint8Array<ArrayBuffer> {
  return Deno.readFileSync(path);
}

/** Text appended to a file while it is read is ignored; a file that becomes shorter is an error. */
function upTo(size: number, file: Bytes, from: string): Bytes {
  const left = { bytes: size };
  return file.pipeThrough(
    new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform(chunk, controller) {
        const part = chunk.subarray(0, left.bytes);
        left.bytes -= part.length;
        if (part.length > 0) controller.enqueue(part);
        if (left.bytes === 0) controller.terminate();
      },
      flush(controller) {
        if (left.bytes > 0) {
          controller.error(
            new Error(`${from} became shorter while it was read`),
          );
        }
      },
    }),
  );
}
