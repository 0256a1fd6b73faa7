/** Reads a private key, asking for its passphrase where somebody can be asked. */
import { createPrivateKey } from "node:crypto";
import { inFixedWidth } from "./ecdsa_key.ts";
import { type ParsedKey, utils } from "../ssh2.ts";
import { unreadable, unreadKey } from "./unreadable_key.ts";
import type { Environment } from "../../../environment/environment.ts";

/** What a key file turned out to be. */
export type KeyFile =
  | { readonly is: "open"; readonly key: ParsedKey }
  /** Encrypted, and the passphrase that there is does not open it. */
  | { readonly is: "locked"; readonly saw: string }
  | { readonly is: "unreadable"; readonly saw: string; readonly advice: string }
  /** What ssh takes for a hint which key of the agent is meant. */
  | { readonly is: "public"; readonly saw: string; readonly advice: string }
  | { readonly is: "absent" };

/** As ssh_config(5), NumberOfPasswordPrompts. */
const MOST_QUESTIONS = 3;

/** The largest keys have a hundredth of it. */
const MOST_BYTES = 2 ** 20;

export function readKey(
  path: string,
  passphrase: string | null,
  { files }: Pick<Environment, "files">,
): KeyFile {
  const bytes = files.read(path, MOST_BYTES);
  if (bytes === null) return { is: "absent" };
  const text = new TextDecoder().decode(bytes);
  const unread = unreadKey(text, path);
  if (unread !== null) return { is: "unreadable", ...unread };
  const parsed = parse(text, passphrase);
  if (!(parsed instanceof Error)) {
    return parsed.isPrivateKey() ? { is: "open", key: parsed } : {
      is: "public",
      saw: "is a public key",
      advice: `Name the private key instead of ${path}`,
    };
  }
  // ssh2's words: "Encrypted private OpenSSH key detected, but no passphrase given".
  if (/no passphrase given/i.test(parsed.message)) {
    return { is: "locked", saw: "is encrypted, and no passphrase is given" };
  }
  return /bad passphrase|bad decrypt|integrity/i.test(parsed.message)
    ? { is: "locked", saw: "the passphrase does not open it" }
    : { is: "unreadable", ...unreadable(path) };
}

/** Asks until the key is open, or nobody answers. */
export async function unlock(
  path: string,
  { files, terminal }: Pick<Environment, "files" | "terminal">,
): Promise<KeyFile | null> {
  const question = `Passphrase of the key ${path}: `;
  for (let times = 1;; times++) {
    const typed = await terminal.ask(question, { hidden: true });
    if (typed === null) return null;
    const file = readKey(path, typed, { files });
    if (file.is !== "locked" || times === MOST_QUESTIONS) return file;
  }
}

/** PKCS#8, and the encrypted PEM of old: ssh2 cannot read the one, and under Deno not sign with the other. */
const FOREIGN =
  /^-----BEGIN (ENCRYPTED |)PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m;

function parse(text: string, passphrase: string | null): ParsedKey | Error {
  try {
    const parsed = FOREIGN.test(text)
      ? parseForeign(text, passphrase)
      : utils.parseKey(text, passphrase ?? undefined);
    return parsed instanceof Error ? parsed : inFixedWidth([parsed].flat()[0]!);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function parseForeign(
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
