/**
 * Reads a tar stream (ustar, GNU long names, pax: POSIX.1-2017 `pax`, GNU tar
 * manual "Basic Tar Format"). Names stay bytes, which no library offers, and
 * memory use stays small whatever the archive contains.
 */
import { decodeName } from "../../text/bytes_name.ts";
import { damaged, isZero, type Source, sourceOf } from "./byte_source.ts";

type Bytes = Uint8Array<ArrayBuffer>;

export interface TarEntry {
  readonly name: string;
  /** The letter of the header, where the kind is none of these. */
  readonly kind: "file" | "directory" | "symlink" | "hardlink" | string;
  readonly linkname: string;
  readonly mode: number;
  /** Milliseconds since 1970; null: no valid time. */
  readonly modified: number | null;
  readonly bytes: number;
  /** Data that is not read is skipped. */
  readonly body: AsyncGenerator<Bytes>;
}

const BLOCK = 512;

/** Maximum bytes of one name or other header; no path is nearly as long. */
const MAX_META_BYTES = 1 << 20;

/** 9999-12-31: no file system stores a later time. */
const MAX_SECONDS = 253_402_300_799;

/** Fails by an exception where the archive is cut off or damaged. */
export async function* readTar(
  stream: ReadableStream<Bytes>,
): AsyncGenerator<TarEntry | { readonly kind: "header" }> {
  const source = sourceOf(stream);
  const known: { own: Meta; global: Meta } = { own: {}, global: {} };
  try {
    for (;;) {
      const block = await source.take(BLOCK);
      if (isZero(block)) {
        if (!isZero(await source.take(BLOCK))) {
          throw damaged("a lone empty block");
        }
        return await source.rest();
      }
      const header = headerOf(block);
      const readMeta = META[header.letter];
      if (readMeta) {
        if (header.size > MAX_META_BYTES) throw damaged("a name without end");
        const meta = readMeta(await source.take(header.size));
        await source.skip(-header.size & (BLOCK - 1));
        const scope = header.letter === "g" ? "global" : "own";
        known[scope] = { ...known[scope], ...meta };
        yield { kind: "header" };
        continue;
      }
      const entry = { ...header, ...known.global, ...known.own };
      known.own = {};
      const kind = kindOf(entry);
      const bytes = kind === "file" || !KINDS[header.letter] ? entry.size : 0;
      const left = { bytes };
      yield {
        ...{ kind, bytes, name: entry.name, linkname: entry.linkname },
        mode: header.mode,
        modified: entry.seconds >= 0 && entry.seconds <= MAX_SECONDS
          ? entry.seconds * 1000
          : null,
        body: bodyOf(source, left),
      };
      await source.skip(left.bytes + (-bytes & (BLOCK - 1)));
    }
  } finally {
    await source.close();
  }
}

async function* bodyOf(
  source: Source,
  left: { bytes: number },
): AsyncGenerator<Bytes> {
  while (left.bytes > 0) {
    const part = await source.some(left.bytes);
    left.bytes -= part.length;
    yield part;
  }
}

interface Header {
  readonly letter: string;
  readonly name: string;
  readonly linkname: string;
  readonly mode: number;
  readonly size: number;
  readonly seconds: number;
}

type Meta = Partial<Pick<Header, "name" | "linkname" | "size" | "seconds">>;

const KINDS: Readonly<Record<string, TarEntry["kind"]>> = {
  "\0": "file",
  "0": "file",
  "7": "file",
  "1": "hardlink",
  "2": "symlink",
  "3": "character-device",
  "4": "block-device",
  "5": "directory",
  "6": "fifo",
};

function kindOf({ letter, name }: Header): TarEntry["kind"] {
  const kind = KINDS[letter] ?? `file of a kind that is unknown (${letter})`;
  // Old archives mark a directory by its name.
  return kind === "file" && name.endsWith("/") ? "directory" : kind;
}

function headerOf(block: Bytes): Header {
  if (number(block, 148, 8) !== checksum(block)) throw damaged("a header");
  const prefix = text(block, 257, 6) === "ustar" ? text(block, 345, 155) : "";
  const name = text(block, 0, 100);
  return {
    letter: String.fromCharCode(block[156]!),
    name: prefix === "" ? name : `${prefix}/${name}`,
    linkname: text(block, 157, 100),
    mode: number(block, 100, 8),
    size: sizeOf(number(block, 124, 12)),
    seconds: number(block, 136, 12),
  };
}

function sizeOf(size: number): number {
  if (!Number.isSafeInteger(size) || size < 0) throw damaged("a size");
  return size;
}

/** Headers that precede an entry and describe it. */
const META: Readonly<Record<string, (bytes: Bytes) => Meta>> = {
  x: paxOf,
  g: paxOf,
  L: (bytes) => ({ name: text(bytes, 0, bytes.length) }),
  K: (bytes) => ({ linkname: text(bytes, 0, bytes.length) }),
};

const PAX: Readonly<Record<string, (value: Bytes) => Meta>> = {
  path: (value) => ({ name: decodeName(value) }),
  linkpath: (value) => ({ linkname: decodeName(value) }),
  size: (value) => ({ size: sizeOf(Number(decodeName(value))) }),
  mtime: (value) => ({ seconds: Number(decodeName(value)) }),
};

/** Records of the form `LENGTH KEY=VALUE\n`. */
function paxOf(bytes: Bytes): Meta {
  const meta: { -readonly [K in keyof Meta]: Meta[K] } = {};
  for (let at = 0; at < bytes.length && bytes[at] !== 0;) {
    const space = bytes.indexOf(0x20, at);
    const length = Number(
      decodeName(bytes.subarray(at, Math.min(space, at + 9))),
    );
    const end = at + length;
    const equals = bytes.indexOf(0x3d, space);
    if (space < 0 || !(length > 0) || !(equals > space) || equals >= end) {
      throw damaged("an extended header");
    }
    const key = decodeName(bytes.subarray(space + 1, equals));
    if (Object.hasOwn(PAX, key)) {
      Object.assign(meta, PAX[key]!(bytes.subarray(equals + 1, end - 1)));
    }
    at = end;
  }
  return meta;
}

function text(block: Bytes, from: number, length: number): string {
  const field = block.subarray(from, from + length);
  const end = field.indexOf(0);
  if (end === 0) return "";
  return decodeName(end < 0 ? field : field.subarray(0, end));
}

/** Octal, or GNU tar's format for larger numbers: the highest bit set, then base 256. */
function number(block: Bytes, from: number, length: number): number {
  const isBinary = (block[from]! & 0x80) !== 0;
  let sum = isBinary ? block[from]! & 0x7f : 0;
  for (let at = isBinary ? from + 1 : from; at < from + length; at++) {
    const byte = block[at]!;
    if (isBinary) sum = sum * 256 + byte;
    else if (byte >= 0x30 && byte <= 0x37) sum = sum * 8 + byte - 0x30;
    else if (byte === 0) break;
    else if (byte !== 0x20) throw damaged("a number");
  }
  return sum;
}

/** The checksum field itself counts as spaces. */
function checksum(block: Bytes): number {
  let sum = 8 * 0x20;
  for (let at = 0; at < BLOCK; at++) {
    if (at < 148 || at >= 156) sum += block[at]!;
  }
  return sum;
}
