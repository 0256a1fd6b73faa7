/** Reads a private key, with a prompt for its passphrase where there is a terminal. */
import { createPrivateKey } from "node:crypto";
import { inFixedWidth } from "./ecdsa_key.ts";
import { type ParsedKey, utils } from "../ssh2.ts";
import { unreadableKey, unsupportedKey } from "./unreadable_key.ts";
import type { Environment } from "../../../environment/environment.ts";

/** The state of a key file. */
export type KeyFile =
  | { readonly is: "usable"; readonly key: ParsedKey }
  /** The passphrase is missing or does not decrypt it. */
  | { readonly is: "encrypted"; readonly detail: string }
  | {
    readonly is: "unreadable";
    readonly detail: string;
    readonly hint: string;
  }
  /** ssh uses a public key to select a key of the agent. */
  | { readonly is: "public"; readonly detail: string; readonly hint: string }
  | { readonly is: "absent" };

/** The default of NumberOfPasswordPrompts in ssh_config(5). */
const MAX_PROMPTS = 3;

/** A hundred times the size of the largest keys. */
const MAX_BYTES = 2 ** 20;

export function readKey(
  path: string,
  passphrase: string | null,
  { files }: Pick<Environment, "files">,
): KeyFile {
  const bytes = files.read(path, MAX_BYTES);
  if (bytes === null) return { is: "absent" };
  const text = new TextDecoder().decode(bytes);
  const unsupported = unsupportedKey(text, path);
  if (unsupported !== null) return { is: "unreadable", ...unsupported };
  const parsed = parse(text, passphrase);
  if (!(parsed instanceof Error)) {
    return parsed.isPrivateKey() ? { is: "usable", key: parsed } : {
      is: "public",
      detail: "is a public key",
      hint: `Name the private key instead of ${path}`,
    };
  }
  // The message of ssh2: "Encrypted private OpenSSH key detected, but no passphrase given".
  if (/no passphrase given/i.test(parsed.message)) {
    return {
      is: "encrypted",
      detail: "is encrypted, and no passphrase is given",
    };
  }
  return /bad passphrase|bad decrypt|integrity/i.test(parsed.message)
    ? {
      is: "encrypted",
      detail: "incorrect passphrase supplied to decrypt private key",
    }
    : { is: "unreadable", ...unreadableKey(path) };
}

/** Prompts until the key is decrypted; null where the user gives up or there is no terminal. */
export async function promptForKey(
  path: string,
  { files, terminal }: Pick<Environment, "files" | "terminal">,
): Promise<KeyFile | null> {
  const question = `Enter passphrase for key '${path}': `;
  for (let count = 1;; count++) {
    const typed = await terminal.ask(question, { hidden: true });
    if (typed === null) return null;
    const file = readKey(path, typed, { files });
    if (file.is !== "encrypted" || count === MAX_PROMPTS) return file;
  }
}

/** PKCS#8, which ssh2 cannot read, and the older encrypted PEM, with which ssh2 cannot sign under Deno. */
const CONVERTED =
  /^-----BEGIN (ENCRYPTED |)PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m;

function parse(text: string, passphrase: string | null): ParsedKey | Error {
  try {
    const parsed = CONVERTED.test(text)
      ? convertAndParse(text, passphrase)
      : utils.parseKey(text, passphrase ?? undefined);
    return parsed instanceof Error ? parsed : inFixedWidth([parsed].flat()[0]!);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function convertAndParse(
  text: string,
  passphrase: string | null,
): ReturnType<typeof utils.parseKey> {
  if (/ENCRYPTED/.test(text) && passphrase === null) {
    return new Error("Encrypted key detected, but no passphrase given");
  }
  const key = createPrivateKey({
    key: text,
    ...passphrase !== null && { passphrase },
  });
  const type = key.asymmetricKeyType === "ec" ? "sec1" : "pkcs1";
  return utils.parseKey(key.export({ type, format: "pem" }));
}
