/** Key files that ssh2 cannot read, with a hint for each. Messages contain nothing of their content. */
import { quote } from "../../../script/quote.ts";
import { lowerFirst } from "../../../text/grammar.ts";
import { USE_OPENSSH } from "./hints.ts";

export interface UnreadableKey {
  /** It follows the path of the file. */
  readonly detail: string;
  readonly hint: string;
}

interface Format {
  readonly start: RegExp;
  readonly detail: string;
  hint(path: string): string;
}

const orOpenssh = `or ${lowerFirst(USE_OPENSSH)}`;

/** Recognised by how the file starts. Of PuTTY's older format ssh2 can read RSA keys. */
const FORMATS: readonly Format[] = [
  {
    start: /^PuTTY-User-Key-File-(?!2: ssh-rsa\b)/,
    detail: "is a PuTTY key",
    hint: (path) =>
      `Convert it to OpenSSH's format (puttygen ${
        quote(path)
      } -O private-openssh -o ${
        quote(`${path.replace(/\.ppk$/, "")}.openssh`)
      }) and name the new file`,
  },
  {
    start: /^---- BEGIN SSH2 /,
    detail: "is a key of another SSH program (RFC 4716)",
    hint: (path) =>
      `Convert it to OpenSSH's format: ssh-keygen -i -f ${quote(path)}`,
  },
  {
    start: /^(ssh|ecdsa|sk)-\S+-cert-v\d+@openssh\.com /,
    detail: "is a certificate",
    hint: () =>
      `Name its private key, and for the certificate ${
        lowerFirst(USE_OPENSSH)
      }`,
  },
  {
    start: /^\x7fELF/,
    detail: "is a shared library, as for PKCS#11",
    hint: () =>
      `Set PKCS11Provider to it in ~/.ssh/config, and ${
        lowerFirst(USE_OPENSSH)
      }`,
  },
];

/** Ciphers of OpenSSH's key files that ssh2 does not support, or that fail under Deno 2.9. */
const UNSUPPORTED_CIPHERS = ["chacha20-poly1305@openssh.com", "aes192-cbc"];

/** Null where the format is supported. */
export function unsupportedKey(
  text: string,
  path: string,
): UnreadableKey | null {
  const format = FORMATS.find(({ start }) => start.test(text));
  if (format !== undefined) {
    return { detail: format.detail, hint: format.hint(path) };
  }
  const { cipher, type } = headerOf(text);
  if (type.startsWith("sk-")) {
    return {
      detail: "is the key of a security key (FIDO), which only ssh can use",
      hint: USE_OPENSSH,
    };
  }
  return UNSUPPORTED_CIPHERS.includes(cipher)
    ? { detail: `is encrypted with ${cipher}`, hint: conversionHint(path) }
    : null;
}

/** For a key that could not be read, where its format does not show why. */
export function unreadableKey(path: string): UnreadableKey {
  return {
    detail: "is not a private key that dpdisp can read",
    hint: `If ssh can read it: ${lowerFirst(conversionHint(path))}`,
  };
}

function conversionHint(path: string): string {
  const file = quote(path);
  return `Add it to an agent (ssh-add ${file}), encrypt it with another cipher (ssh-keygen -p -Z aes256-ctr -f ${file}), ${orOpenssh}`;
}

const MAGIC = "openssh-key-v1\0";
const NO_HEADER = { cipher: "", type: "" };

/** Fields in the order of OpenSSH's PROTOCOL.key: names of the cipher and of the key derivation, its options, the number of keys, the public key. */
function headerOf(
  text: string,
): { readonly cipher: string; readonly type: string } {
  const [, base64 = ""] =
    /^-----BEGIN OPENSSH PRIVATE KEY-----\s([A-Za-z0-9+/=\s]+)-----END/
      .exec(text) ?? [];
  try {
    const bytes = Uint8Array.fromBase64(base64.replace(/\s/g, ""));
    const view = new DataView(bytes.buffer);
    const decoder = new TextDecoder();
    const field = (at: number) => {
      const end = at + 4 + view.getUint32(at);
      return { text: decoder.decode(bytes.subarray(at + 4, end)), end };
    };
    if (!decoder.decode(bytes).startsWith(MAGIC)) return NO_HEADER;
    const cipher = field(MAGIC.length);
    const options = field(field(cipher.end).end);
    // The public key begins with its length, and its type is its first field.
    const type = field(options.end + 8);
    return { cipher: cipher.text, type: type.text };
  } catch {
    return NO_HEADER;
  }
}
