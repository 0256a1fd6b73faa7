/** Key files that ssh2 does not read, and what to do with each. Nothing of their content is shown. */
import { quote } from "../../../script/quote.ts";
import { lowerFirst } from "../../../text/grammar.ts";
import { USE_OPENSSH } from "./hints.ts";

export interface UnreadKey {
  /** After the path of the file. */
  readonly saw: string;
  readonly advice: string;
}

interface Form {
  readonly begins: RegExp;
  readonly saw: string;
  advice(path: string): string;
}

const orOpenssh = `or ${lowerFirst(USE_OPENSSH)}`;

/** What they begin with. ssh2 reads RSA keys of PuTTY's older form. */
const FORMS: readonly Form[] = [
  {
    begins: /^PuTTY-User-Key-File-(?!2: ssh-rsa\b)/,
    saw: "is a key of PuTTY",
    advice: (path) =>
      `Make a key of OpenSSH's form of it (puttygen ${
        quote(path)
      } -O private-openssh -o ${
        quote(`${path.replace(/\.ppk$/, "")}.openssh`)
      }) and name that`,
  },
  {
    begins: /^---- BEGIN SSH2 /,
    saw: "is a key of another SSH program (RFC 4716)",
    advice: (path) =>
      `Make a key of OpenSSH's form of it: ssh-keygen -i -f ${quote(path)}`,
  },
  {
    begins: /^(ssh|ecdsa|sk)-\S+-cert-v\d+@openssh\.com /,
    saw: "is a certificate",
    advice: () =>
      `Name its private key, and for the certificate ${
        lowerFirst(USE_OPENSSH)
      }`,
  },
  {
    begins: /^\x7fELF/,
    saw: "is a program library, as of PKCS#11",
    advice: () =>
      `Name it by PKCS11Provider in ~/.ssh/config, and ${
        lowerFirst(USE_OPENSSH)
      }`,
  },
];

/** Ciphers of OpenSSH's key files that ssh2 does not know, or that fail under Deno 2.9. */
const CIPHERS = ["chacha20-poly1305@openssh.com", "aes192-cbc"];

/** Null: it may be read. */
export function unreadKey(text: string, path: string): UnreadKey | null {
  const form = FORMS.find(({ begins }) => begins.test(text));
  if (form !== undefined) return { saw: form.saw, advice: form.advice(path) };
  const { cipher, type } = headerOf(text);
  if (type.startsWith("sk-")) {
    return {
      saw: "is the key of a security key (FIDO), which only ssh can use",
      advice: USE_OPENSSH,
    };
  }
  return CIPHERS.includes(cipher)
    ? { saw: `is encrypted by ${cipher}`, advice: inAnotherForm(path) }
    : null;
}

/** One that could not be read, for no reason that the file itself tells. */
export function unreadable(path: string): UnreadKey {
  return {
    saw: "is no private key that dpdisp can read",
    advice: `If ssh reads it: ${lowerFirst(inAnotherForm(path))}`,
  };
}

function inAnotherForm(path: string): string {
  const file = quote(path);
  return `Add it to an agent (ssh-add ${file}), write it in another form (ssh-keygen -p -Z aes256-ctr -f ${file}), ${orOpenssh}`;
}

const MAGIC = "openssh-key-v1\0";

/** PROTOCOL.key of OpenSSH: names of the cipher and of the key derivation, its options, the number of keys, the public key. */
function headerOf(
  text: string,
): { readonly cipher: string; readonly type: string } {
  const [, base64 = ""] =
    /^-----BEGIN OPENSSH PRIVATE KEY-----\s([A-Za-z0-9+/=\s]+)-----END/
      .exec(text) ?? [];
  try {
    const bytes = Uint8Array.fromBase64(base64.replace(/\s/g, ""));
    const view = new DataView(bytes.buffer);
    const words = new TextDecoder();
    const field = (at: number) => {
      const end = at + 4 + view.getUint32(at);
      return { text: words.decode(bytes.subarray(at + 4, end)), end };
    };
    if (!words.decode(bytes).startsWith(MAGIC)) throw new Error("another form");
    const cipher = field(MAGIC.length);
    const options = field(field(cipher.end).end);
    // The length of the public key stands before its own first field.
    const type = field(options.end + 8);
    return { cipher: cipher.text, type: type.text };
  } catch {
    return { cipher: "", type: "" };
  }
}
