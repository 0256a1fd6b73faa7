/** UTF-8 bytes as text, byte order mark kept; or where they stop being UTF-8. */
import { fail, ok, type Result } from "../../text/result.ts";
import { characterLength } from "../../text/bytes_name.ts";

/** Lines and columns count from 1. */
export interface BadByte {
  readonly byte: number;
  readonly line: number;
  readonly column: number;
}

export function decodeUtf8(bytes: Uint8Array): Result<string, BadByte> {
  try {
    return ok(
      new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes),
    );
  } catch {
    return fail(firstBadByte(bytes));
  }
}

/** The replacement character stands for the first bad sequence; text before it decodes to itself. */
function firstBadByte(bytes: Uint8Array): BadByte {
  const offset = firstBadOffset(bytes);
  const before = new TextDecoder().decode(bytes.subarray(0, offset));
  const lines = before.split(/\r\n|\r|\n/);
  return {
    byte: bytes[offset] ?? 0,
    line: lines.length,
    column: (lines.at(-1) ?? "").length + 1,
  };
}

function firstBadOffset(bytes: Uint8Array): number {
  let offset = 0;
  while (offset < bytes.length) {
    const length = characterLength(bytes, offset);
    if (length === 0) return offset;
    offset += length;
  }
  return offset;
}
