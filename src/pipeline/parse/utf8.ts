/** UTF-8 bytes as text with its byte order mark; or the first invalid byte. */
import { fail, ok, type Result } from "../../text/result.ts";

/** Lines and columns count from 1. */
export interface InvalidByte {
  readonly byte: number;
  readonly line: number;
  readonly column: number;
}

export function decodeUtf8(bytes: Uint8Array): Result<string, InvalidByte> {
  try {
    return ok(
      new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes),
    );
  } catch {
    return fail(firstInvalidByte(bytes));
  }
}

/** The first byte that is not part of a UTF-8 sequence. */
function firstInvalidByte(bytes: Uint8Array): InvalidByte {
  const offset = firstInvalidOffset(bytes);
  const before = new TextDecoder().decode(bytes.subarray(0, offset));
  const lines = before.split(/\r\n|\r|\n/);
  return {
    byte: bytes[offset] ?? 0,
    line: lines.length,
    column: (lines.at(-1) ?? "").length + 1,
  };
}

function firstInvalidOffset(bytes: Uint8Array): number {
  let offset = 0;
  while (offset < bytes.length) {
    const length = characterLength(bytes, offset);
    if (length === 0) return offset;
    offset += length;
  }
  return offset;
}

/** Length in bytes of the character that begins at `from`; 0: none begins there (Unicode, table 3-7). */
function characterLength(bytes: Uint8Array, from: number): number {
  const first = bytes[from]!;
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  const [low, high] = SECOND[first] ?? [0x80, 0xbf];
  const second = bytes[from + 1] ?? 0;
  if (second < low || second > high) return 0;
  const others = bytes.subarray(from + 2, from + length);
  return others.length === length - 2 &&
      others.every((byte) => byte >> 6 === 0b10)
    ? length
    : 0;
}

/** The range of the second byte, for first bytes that restrict it. */
const SECOND: Readonly<Record<number, readonly [low: number, high: number]>> = {
  0xe0: [0xa0, 0xbf],
  0xed: [0x80, 0x9f],
  0xf0: [0x90, 0xbf],
  0xf4: [0x80, 0x8f],
};
