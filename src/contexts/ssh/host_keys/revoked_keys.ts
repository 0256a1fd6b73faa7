/** RevokedHostKeys of ssh_config(5): keys that no host may have. */
import type { Environment } from "../../../environment/environment.ts";
import { keyType } from "./host_key.ts";

/** A key revocation list begins so (PROTOCOL.krl of OpenSSH). */
const KRL = "SSHKRL\n\0";

/** Null: the key is not revoked; else what was seen. As in ssh, a file that cannot be read lets no host in. */
export function revokedIn(
  paths: readonly string[],
  key: Uint8Array,
  { files }: Pick<Environment, "files">,
): { readonly saw: string; readonly isUnreadable: boolean } | null {
  for (const path of paths) {
    const bytes = files.read(path);
    if (bytes === null) {
      return { saw: `${path} cannot be read`, isUnreadable: true };
    }
    const text = new TextDecoder().decode(bytes);
    if (text.startsWith(KRL)) {
      const saw = `${path} is a binary list (KRL), which only ssh can read`;
      return { saw, isUnreadable: true };
    }
    const line = lineOf(text, key);
    if (line > 0) {
      return { saw: `${path} line ${line} revokes it`, isUnreadable: false };
    }
  }
  return null;
}

/** Public keys, one a line, as in ssh-keygen(1); 0: none is this one. */
function lineOf(text: string, key: Uint8Array): number {
  const type = keyType(key);
  const base64 = key.toBase64();
  return 1 + text.split(/\r?\n/).findIndex((line) => {
    const words = line.trim().split(/\s+/);
    return words[0] === type && words[1] === base64;
  });
}
