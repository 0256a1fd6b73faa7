/** One-time codes as a phone shows them: RFC 6238 with SHA-1, six digits, 30 s. */
import { createHmac } from "node:crypto";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** @param secret in base32 (RFC 4648) @param at ms since 1970 */
export function codeAt(secret: string, at = Date.now()): string {
  const counter = new DataView(new ArrayBuffer(8));
  counter.setBigUint64(0, BigInt(Math.floor(at / 30_000)));
  const digest = createHmac("sha1", fromBase32(secret))
    .update(new Uint8Array(counter.buffer)).digest();
  const number = digest.readUInt32BE(digest.at(-1)! & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, "0");
}

function fromBase32(text: string): Uint8Array {
  const bits = [...text].map((letter) =>
    ALPHABET.indexOf(letter).toString(2).padStart(5, "0")
  ).join("");
  return Uint8Array.from(
    bits.match(/.{8}/g) ?? [],
    (byte) => parseInt(byte, 2),
  );
}
