/** Converts ECDSA keys as OpenSSH writes them into a form with which Deno can sign. */
import { createPrivateKey } from "node:crypto";
import { type ParsedKey, utils } from "../ssh2.ts";

/** `ssh` is the name in RFC 5656, `crv` the name in JSON Web Keys, `width` the bytes of a number. */
const CURVES = [
  { ssh: "nistp256", crv: "P-256", width: 32 },
  { ssh: "nistp384", crv: "P-384", width: 48 },
] as const;

/**
 * OpenSSH writes the secret number with as many bytes as it needs, and a zero
 * before a high bit. ssh2 copies that into the PEM, where RFC 5915 wants a
 * fixed width, and Deno cannot sign with most such keys, except with those of
 * nistp521.
 */
export function inFixedWidth(key: ParsedKey): ParsedKey | Error {
  const curve = CURVES.find(({ ssh }) => key.type === `ecdsa-sha2-${ssh}`);
  if (!curve || !key.isPrivateKey()) return key;
  const { crv, width } = curve;
  const [, length, rest] = PRIVATE.exec(hexOf(key.getPrivatePEM())) ?? [];
  if (length === undefined || rest === undefined) return key;
  const d = rest.slice(0, 2 * parseInt(length, 16)).replace(/^(00)+/, "")
    .padStart(2 * width, "0");
  // The public half ends in both coordinates.
  const q = Uint8Array.from(key.getPublicSSH()).slice(-2 * width);
  const jwk = {
    kty: "EC",
    crv,
    d: base64url(Uint8Array.fromHex(d)),
    x: base64url(q.slice(0, width)),
    y: base64url(q.slice(width)),
  };
  const fixed = createPrivateKey({ key: jwk, format: "jwk" });
  const parsed = utils.parseKey(
    fixed.export({ type: "sec1", format: "pem" }) as string,
  );
  return parsed instanceof Error ? parsed : [parsed].flat()[0]!;
}

/** RFC 5915: a sequence of the version 1, then the secret number as an octet string. */
const PRIVATE = /^30(?:81..|82....|..)02010104(..)(.*)$/s;

function hexOf(pem: string): string {
  const base64 = pem.replace(/-----[^-]*-----|\s/g, "");
  return Uint8Array.fromBase64(base64).toHex();
}

function base64url(bytes: Uint8Array): string {
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}
