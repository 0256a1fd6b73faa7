/** Which keys of the user the settings of a host allow: PubkeyAcceptedAlgorithms and RequiredRSASize of ssh_config(5). */
import { keyType, rsaBits } from "./host_key.ts";
import type { LoginPolicy } from "./login_policy.ts";

/** For an RSA key ssh2 takes this of the three algorithms first (RFC 8332). */
const RSA_SIGNATURE = "rsa-sha2-256";

/** Null: the key may be tried; else what forbids it. `key`: as hosts know it. */
export function keyRefusal(
  { userKeys, rsaBits: least }: Pick<LoginPolicy, "userKeys" | "rsaBits">,
  key: Uint8Array,
): string | null {
  const type = keyType(key);
  const algorithm = type === "ssh-rsa" ? RSA_SIGNATURE : type;
  if (!userKeys.includes(algorithm)) {
    return `PubkeyAcceptedAlgorithms does not allow ${algorithm}`;
  }
  const bits = rsaBits(key);
  return bits !== null && bits < least
    ? `it has ${bits} bits, and RequiredRSASize is ${least}`
    : null;
}
