/** What is put on the far side, as a tar stream. */
import { createTarPacker, type TarHeader } from "modern-tar";
import type { Put } from "../stage.ts";

type Bytes = ReadableStream<Uint8Array<ArrayBuffer>>;

/**
 * Streams the entries as a tar. A file that cannot be read any more breaks
 * the stream, so that the far side never takes half an archive for a whole.
 */
export function packTar(puts: readonly Put[]): Bytes {
  const { readable, controller } = createTarPacker();
  packAll(puts, (header, body) => add(controller.add(header), body))
    .then(() => controller.finalize(), (error) => controller.error(error));
  return readable;
}

type Body = Bytes | Uint8Array | null;
type Add = (header: TarHeader, body: Body) => Promise<void>;

async function add(to: WritableStream<Uint8Array>, body: Body): Promise<void> {
  if (body instanceof ReadableStream) return await body.pipeTo(to);
  const writer = to.getWriter();
  if (body) await writer.write(body);
  await writer.close();
}

async function packAll(puts: readonly Put[], add: Add): Promise<void> {
  for (const put of puts) {
    if ("folder" in put) await add(folderHeader(put.to), null);
    else if ("text" in put) {
      const bytes = new TextEncoder().encode(put.text);
      await add({ name: put.to, size: bytes.length, mode: 0o644 }, bytes);
    } else if ("link" in put) {
      await add(
        { name: put.to, size: 0, type: "symlink", linkname: put.link },
        null,
      );
    } else await packPath(put.from, put.to, add);
  }
}

/** Bytes of a file from which on it is not read in one piece. */
const STREAMED_FROM = 1 << 20;

/** A file, or a folder with all that is in it; symlinks are followed, as for the folder's owner. */
async function packPath(from: string, to: string, add: Add): Promise<void> {
  const { isDirectory, isFile, size, mode, mtime } = await Deno.stat(from);
  const attributes = { mode: (mode ?? 0o644) & 0o777, ...(mtime && { mtime }) };
  if (isFile && size < STREAMED_FROM) {
    const bytes = await Deno.readFile(from);
    return await add({ name: to, size: bytes.length, ...attributes }, bytes);
  }
  if (isFile) {
    const file = await Deno.open(from);
    return await add({ name: to, size, ...attributes }, file.readable);
  }
  if (!isDirectory) return;
  await add({ ...folderHeader(to), ...attributes }, null);
  for await (const { name } of Deno.readDir(from)) {
    if (name !== ".dpdisp") {
      await packPath(`${from}/${name}`, `${to}/${name}`, add);
    }
  }
}

function folderHeader(to: string): TarHeader {
  return { name: `${to}/`, size: 0, type: "directory", mode: 0o755 };
}
