/** Reads a private key, asking for its passphrase where somebody can be asked. */
import { type ParsedKey, utils } from "./ssh2.ts";
import type { World } from "../../world.ts";
import type { Hop } from "./hop.ts";

/** Null where there is no such key or it cannot be opened; `notes` tells of keys that are there. */
export async function readKey(
  path: string,
  named: boolean,
  hop: Hop,
  { files, screen }: Pick<World, "files" | "screen">,
  notes: string[],
): Promise<ParsedKey | null> {
  const bytes = files.read(path);
  if (bytes === null) {
    if (named) notes.push(`key ${path}: there is no such readable file`);
    return null;
  }
  const text = Buffer.from(bytes);
  const passphrase = hop.secrets.passphrase ?? undefined;
  const key = utils.parseKey(text, passphrase);
  if (!(key instanceof Error)) return privateKey(key);
  // ssh2's words: "Encrypted private OpenSSH key detected, but no passphrase given".
  const isLocked = /encrypted/i.test(key.message) && passphrase === undefined;
  const typed = isLocked
    ? await screen.ask(`Passphrase of the key ${path}: `, { hidden: true })
    : null;
  const opened = typed === null ? key : utils.parseKey(text, typed);
  if (!(opened instanceof Error)) return privateKey(opened);
  notes.push(`key ${path}: ${wordsFor(opened.message, isLocked)}`);
  return null;
}

function privateKey(parsed: ParsedKey | ParsedKey[]): ParsedKey | null {
  const [key] = [parsed].flat();
  return key?.isPrivateKey() ? key : null;
}

function wordsFor(message: string, isLocked: boolean): string {
  if (isLocked) return "is encrypted, and no passphrase is given";
  if (/integrity|bad passphrase|decrypt/i.test(message)) {
    return "the passphrase does not open it";
  }
  return message;
}
