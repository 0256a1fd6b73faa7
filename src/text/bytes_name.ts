/**
 * File names are bytes, and text here is UTF-16. A byte that is no UTF-8, 0xNN,
 * stands in text as the lone surrogate U+DCNN, which no UTF-8 can mean (PEP 383,
 * Python's `surrogateescape`). JSON carries it as `\udcNN`.
 */

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Any bytes as text that {@linkcode encodeName} turns into the same bytes. */
export function decodeName(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch {
    return decodeMixed(bytes);
  }
}

/** The bytes that a text of {@linkcode decodeName} stands for; UTF-8 of any other. */
export function encodeName(text: string): Uint8Array<ArrayBuffer> {
  if (text.isWellFormed()) return new TextEncoder().encode(text);
  // With the flag `u` a surrogate in a class means one that has no other half.
  const parts = text.split(/([\udc80-\udcff]+)/u).map((part, i) =>
    i % 2 === 0
      ? new TextEncoder().encode(part)
      : Uint8Array.from(part, (sign) => sign.charCodeAt(0) - 0xdc00)
  );
  const bytes = new Uint8Array(
    parts.reduce((sum, { length }) => sum + length, 0),
  );
  parts.reduce((at, part) => (bytes.set(part, at), at + part.length), 0);
  return bytes;
}

/** True where the name holds bytes that are no UTF-8: Deno's file functions cannot name such a file. */
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

/** What may follow a first byte (Unicode 15, table 3-7): length, and the range of the second byte. */
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

/** Bytes of the UTF-8 character that begins at `at`; 0 where none does. */
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
