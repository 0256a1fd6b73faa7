/** UTF-8 bytes as text with its byte order mark; or the first invalid byte. */
import { characterLength } from "../../text/bytes_name.ts";
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
