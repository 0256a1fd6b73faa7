/**
 * SHA-256 and SHA-1 (FIPS 180-4) in plain code, because they must be synchronous, take 3 microseconds a call, and
 * loading `node:crypto` takes 20 ms, longer than the rest of a small plan. Large inputs are hashed there nevertheless.
 */
const worthNative = 256 * 1024;
const encoder = new TextEncoder();

/** 64 hex digits. */
export function sha256(content: string | Uint8Array): string {
  const bytes = bytesOf(content);
  return bytes.length >= worthNative
    ? nativeSha256(bytes) ?? hex(words256(bytes))
    : hex(words256(bytes));
}

/** 40 hex digits. */
export function sha1(content: string | Uint8Array): string {
  return hex(overBlocks(bytesOf(content), start1, mix1));
}

/** The first 100 bits of SHA-256 as 20 characters of [a-z2-7] (RFC 4648 base 32, lower case). */
export function shortHash(text: string): string {
  return base32(words256(encoder.encode(text)), 20);
}

function words256(bytes: Uint8Array): Int32Array {
  return overBlocks(bytes, start256, mix256);
}

function bytesOf(content: string | Uint8Array): Uint8Array {
  return typeof content === "string" ? encoder.encode(content) : content;
}

/** Runs `mix` over each block of 64 bytes, the last ones padded with a 1 bit, zeros and the length in bits. */
function overBlocks(
  bytes: Uint8Array,
  start: readonly number[],
  mix: (words: Int32Array, sum: Int32Array) => void,
): Int32Array {
  const sum = Int32Array.from(start);
  const whole = bytes.length - bytes.length % 64;
  for (let at = 0; at < whole; at += 64) mixBlock(bytes, at, sum, mix);
  const left = bytes.length - whole;
  const end = left < 56 ? 64 : 128;
  tail.fill(0);
  tail.set(bytes.subarray(whole));
  tail[left] = 0x80;
  tailView.setUint32(end - 8, Math.floor(bytes.length / 2 ** 29));
  tailView.setUint32(end - 4, bytes.length * 8);
  for (let at = 0; at < end; at += 64) mixBlock(tail, at, sum, mix);
  return sum;
}

/** Buffers that every call reuses: allocating them takes longer than hashing. */
const tail = new Uint8Array(128);
const tailView = new DataView(tail.buffer);
const words = new Int32Array(80);

function mixBlock(
  bytes: Uint8Array,
  from: number,
  sum: Int32Array,
  mix: (words: Int32Array, sum: Int32Array) => void,
): void {
  for (let word = 0, at = from; word < 16; word++, at += 4) {
    words[word] = bytes[at]! << 24 | bytes[at + 1]! << 16 |
      bytes[at + 2]! << 8 | bytes[at + 3]!;
  }
  mix(words, sum);
}

/** The first 32 bits after the point of the square and cube roots of the primes: FIPS 180-4, 5.3.3 and 4.2.2. */
const primes = Array.from({ length: 312 }, (_, n) => n).filter((n) =>
  n > 1 && isPrime(n)
);
const start256 = primes.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)));
const steps256 = Int32Array.from(
  primes.slice(0, 64).map((prime) => fraction(Math.cbrt(prime))),
);

function isPrime(n: number): boolean {
  for (let by = 2; by * by <= n; by++) if (n % by === 0) return false;
  return true;
}

function fraction(root: number): number {
  return (root % 1) * 2 ** 32 | 0;
}

function mix256(w: Int32Array, sum: Int32Array): void {
  for (let t = 16; t < 64; t++) {
    const x = w[t - 15]!;
    const y = w[t - 2]!;
    const low = (x >>> 7 | x << 25) ^ (x >>> 18 | x << 14) ^ x >>> 3;
    const high = (y >>> 17 | y << 15) ^ (y >>> 19 | y << 13) ^ y >>> 10;
    w[t] = w[t - 16]! + low + w[t - 7]! + high | 0;
  }
  let [a, b, c, d, e, f, g, h] = [
    sum[0]!,
    sum[1]!,
    sum[2]!,
    sum[3]!,
    sum[4]!,
    sum[5]!,
    sum[6]!,
    sum[7]!,
  ];
  for (let t = 0; t < 64; t++) {
    const turnE = (e >>> 6 | e << 26) ^ (e >>> 11 | e << 21) ^
      (e >>> 25 | e << 7);
    const turnA = (a >>> 2 | a << 30) ^ (a >>> 13 | a << 19) ^
      (a >>> 22 | a << 10);
    const first = h + turnE + (e & f ^ ~e & g) + steps256[t]! + w[t]! | 0;
    const second = turnA + (a & b ^ a & c ^ b & c) | 0;
    h = g;
    g = f;
    f = e;
    e = d + first | 0;
    d = c;
    c = b;
    b = a;
    a = first + second | 0;
  }
  sum[0]! += a;
  sum[1]! += b;
  sum[2]! += c;
  sum[3]! += d;
  sum[4]! += e;
  sum[5]! += f;
  sum[6]! += g;
  sum[7]! += h;
}

const start1 = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];
const steps1 = [0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6];

function mix1(w: Int32Array, sum: Int32Array): void {
  for (let t = 16; t < 80; t++) {
    const x = w[t - 3]! ^ w[t - 8]! ^ w[t - 14]! ^ w[t - 16]!;
    w[t] = x << 1 | x >>> 31;
  }
  let [a, b, c, d, e] = [sum[0]!, sum[1]!, sum[2]!, sum[3]!, sum[4]!];
  for (let t = 0; t < 80; t++) {
    const chosen = t < 20
      ? b & c ^ ~b & d
      : t >= 40 && t < 60
      ? b & c ^ b & d ^ c & d
      : b ^ c ^ d;
    const next =
      (a << 5 | a >>> 27) + chosen + e + steps1[Math.floor(t / 20)]! + w[t]! |
      0;
    [e, d, c, b, a] = [d, c, b << 30 | b >>> 2, a, next];
  }
  [a, b, c, d, e].forEach((value, at) => sum[at]! += value);
}

function hex(sum: Int32Array): string {
  sum.forEach((word, at) => tailView.setInt32(at * 4, word));
  return tail.subarray(0, sum.length * 4).toHex();
}

function base32(sum: Int32Array, length: number): string {
  const letters = "abcdefghijklmnopqrstuvwxyz234567";
  let text = "";
  for (let at = 0; at < length; at++) {
    const [word, shift] = [at * 5 >>> 5, 27 - at * 5 % 32];
    const value = shift >= 0
      ? sum[word]! >>> shift
      : sum[word]! << -shift | sum[word + 1]! >>> 32 + shift;
    text += letters[value & 31];
  }
  return text;
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
