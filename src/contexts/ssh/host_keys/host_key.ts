/** Public host keys as the bytes that a server sends (RFC 4253, 6.6): fields, each preceded by its length in 4 bytes. */
import { sha256 } from "../../../text/hash.ts";

/** `SHA256:` and 43 characters of base64, as `ssh-keygen -l` and ssh print it. */
export function fingerprint(key: Uint8Array): string {
  const digest = Uint8Array.fromHex(sha256(key));
  return `SHA256:${digest.toBase64({ omitPadding: true })}`;
}

/** `ssh-ed25519`, `ssh-rsa`, …; "" where the bytes are not a key. */
export function keyType(key: Uint8Array): string {
  const fields = fieldsOf(key);
  return fields === null ? "" : new TextDecoder().decode(fields[0]);
}

/** At least two fields; null where the lengths do not add up. */
function fieldsOf(key: Uint8Array): readonly Uint8Array[] | null {
  const view = new DataView(key.buffer, key.byteOffset, key.byteLength);
  const fields: Uint8Array[] = [];
  let at = 0;
  while (at + 4 <= key.length) {
    const end = at + 4 + view.getUint32(at);
    fields.push(key.subarray(at + 4, end));
    at = end;
  }
  return at === key.length && fields.length > 1 ? fields : null;
}

/** The length of an RSA key; null for others. Its fields are the type, the exponent and the modulus (RFC 4253, 6.6). */
export function rsaBits(key: Uint8Array): number | null {
  if (keyType(key) !== "ssh-rsa") return null;
  const modulus = fieldsOf(key)?.[2] ?? new Uint8Array();
  const digits = modulus.toHex().replace(/^0+/, "");
  return digits === "" ? 0 : BigInt(`0x${digits}`).toString(2).length;
}
