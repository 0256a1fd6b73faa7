/**
 * File names are bytes, and strings are UTF-16. A byte 0xNN that is not UTF-8 becomes
 * the lone surrogate U+DCNN, which UTF-8 cannot encode (PEP 383,
 * Python's `surrogateescape`). In JSON it is `\udcNN`.
 */

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Converts any bytes to text that {@linkcode encodeName} converts back to the same bytes. */
export function decodeName(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    return decodeMixed(bytes);
  }
}

/** The bytes of a text of {@linkcode decodeName}; for any other text its UTF-8. */
export function encodeName(text: string): Uint8Array<ArrayBuffer> {
  if (text.isWellFormed()) return new TextEncoder().encode(text);
  // With the flag `u` a surrogate in a character class matches only a lone one.
  const parts = text.split(/([\udc80-\udcff]+)/u).map((part, i) =>
    i % 2 === 0
      ? new TextEncoder().encode(part)
      : Uint8Array.from(part, (unit) => unit.charCodeAt(0) - 0xdc00)
  );
  const bytes = new Uint8Array(
    parts.reduce((sum, { length }) => sum + length, 0),
  );
  parts.reduce((at, part) => (bytes.set(part, at), at + part.length), 0);
  return bytes;
}

/** Whether the name contains bytes that are not UTF-8: Deno's file functions cannot open such a file. */
export function isBytesName(name: string): boolean {
  return !name.isWellFormed();
}

function decodeMixed(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let at = 0; at < bytes.length;) {
    const from = at;
    for (let length; (length = characterLength(bytes, at)) > 0;) at += length;
    if (at > from) parts.push(decoder.decode(bytes.subarray(from, at)));
    if (at < bytes.length) {
      parts.push(String.fromCharCode(0xdc00 + bytes[at++]!));
    }
  }
  return parts.join("");
}

/** For ranges of the first byte, the length and the range of the second byte (Unicode 15, table 3-7). */
const FIRST: readonly (readonly [
  upTo: number,
  length: number,
  low: number,
  high: number,
])[] = [
  [0x7f, 1, 0, 0],
  [0xc1, 0, 0, 0],
  [0xdf, 2, 0x80, 0xbf],
  [0xe0, 3, 0xa0, 0xbf],
  [0xec, 3, 0x80, 0xbf],
  [0xed, 3, 0x80, 0x9f],
  [0xef, 3, 0x80, 0xbf],
  [0xf0, 4, 0x90, 0xbf],
  [0xf3, 4, 0x80, 0xbf],
  [0xf4, 4, 0x80, 0x8f],
];

/** Length in bytes of the character that begins at `at`; 0: none begins there. */
export function characterLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at];
  const row = first !== undefined && FIRST.find(([upTo]) => first <= upTo);
  if (!row) return 0;
  const [, length, low, high] = row;
  if (length < 2) return length;
  const second = bytes[at + 1] ?? 0;
  const rest = bytes.subarray(at + 2, at + length);
  const isWhole = second >= low && second <= high &&
    rest.length === length - 2 && rest.every((byte) => (byte & 0xc0) === 0x80);
  return isWhole ? length : 0;
}
