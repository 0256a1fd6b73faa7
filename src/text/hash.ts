/** SHA-256 and SHA-1 by a library: they must be synchronous, and loading `node:crypto` takes longer than the rest of a small plan. */
import { sha1 as sha1Bytes } from "@noble/hashes/legacy.js";
import { sha256 as sha256Bytes } from "@noble/hashes/sha2.js";

/** From this size on, in bytes, `node:crypto` is faster although it has to be loaded. */
const MIN_NATIVE_BYTES = 256 * 1024;
const encoder = new TextEncoder();

/** 64 hex digits. */
export function sha256(content: string | Uint8Array): string {
  const bytes = bytesOf(content);
  const native = bytes.length >= MIN_NATIVE_BYTES ? nativeSha256(bytes) : null;
  return native ?? sha256Bytes(bytes).toHex();
}

/** 40 hex digits. */
export function sha1(content: string | Uint8Array): string {
  return sha1Bytes(bytesOf(content)).toHex();
}

/** The first 100 bits of SHA-256 as 20 characters of [a-z2-7] (RFC 4648 base 32, lower case). */
export function shortHash(text: string): string {
  return base32(sha256Bytes(encoder.encode(text)), 20);
}

function bytesOf(content: string | Uint8Array): Uint8Array {
  return typeof content === "string" ? encoder.encode(content) : content;
}

function base32(bytes: Uint8Array, length: number): string {
  const letters = "abcdefghijklmnopqrstuvwxyz234567";
  return Array.from({ length }, (_, at) => {
    const [byte, shift] = [at * 5 >>> 3, 11 - at * 5 % 8];
    const pair = bytes[byte]! << 8 | (bytes[byte + 1] ?? 0);
    return letters[pair >>> shift & 31];
  }).join("");
}

interface NodeCrypto {
  createHash(
    name: string,
  ): { update(bytes: Uint8Array): { digest(form: "hex"): string } };
}

/** Loads `node:crypto` at the first call; null where the runtime cannot load it synchronously. */
function nativeSha256(bytes: Uint8Array): string | null {
  const { process } = globalThis as {
    process?: { getBuiltinModule?(name: string): unknown };
  };
  const crypto = process?.getBuiltinModule?.("node:crypto") as
    | NodeCrypto
    | undefined;
  return crypto?.createHash("sha256").update(bytes).digest("hex") ?? null;
}
