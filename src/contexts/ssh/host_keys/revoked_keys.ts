/** RevokedHostKeys of ssh_config(5): keys that are accepted for no host. */
import type { Environment } from "../../../environment/environment.ts";
import { keyType } from "./host_key.ts";

/** The first bytes of a key revocation list (PROTOCOL.krl of OpenSSH). */
const KRL_MAGIC = "SSHKRL\n\0";

/** Null where the key is not revoked. As in ssh, with a file that cannot be read all keys count as revoked. */
export function findRevoked(
  paths: readonly string[],
  key: Uint8Array,
  { files }: Pick<Environment, "files">,
): { readonly detail: string; readonly isUnreadable: boolean } | null {
  for (const path of paths) {
    const bytes = files.read(path);
    if (bytes === null) {
      return { detail: `${path} cannot be read`, isUnreadable: true };
    }
    const text = new TextDecoder().decode(bytes);
    if (text.startsWith(KRL_MAGIC)) {
      const detail = `${path} is a binary list (KRL), which only ssh can read`;
      return { detail, isUnreadable: true };
    }
    const line = lineOf(text, key);
    if (line > 0) {
      return { detail: `${path} line ${line} revokes it`, isUnreadable: false };
    }
  }
  return null;
}

/** The line of the key in a list of public keys, one a line, as in ssh-keygen(1); 0 where it is not in the list. */
function lineOf(text: string, key: Uint8Array): number {
  const type = keyType(key);
  const base64 = key.toBase64();
  return 1 + text.split(/\r?\n/).findIndex((line) => {
    const words = line.trim().split(/\s+/);
    return words[0] === type && words[1] === base64;
  });
}
