/** Which keys of the user the settings of a host allow: PubkeyAcceptedAlgorithms and RequiredRSASize of ssh_config(5). */
import { keyType, rsaBits } from "../host_keys/host_key.ts";
import type { LoginPolicy } from "../config/login_policy.ts";
import type { Agent, ParsedKey } from "../ssh2.ts";

/** For an RSA key ssh2 takes this of the three algorithms first, and the one by SHA-1 last (RFC 8332). */
const RSA_SIGNATURE = "rsa-sha2-256";
const RSA_SHA1 = "ssh-rsa";

/** Null: the key may be tried; else what forbids it. `key`: as hosts know it. */
export function keyRefusal(
  { userKeys, rsaBits: least }: Pick<LoginPolicy, "userKeys" | "rsaBits">,
  key: Uint8Array,
): string | null {
  const type = keyType(key);
  const algorithm = type === RSA_SHA1 ? RSA_SIGNATURE : type;
  if (!userKeys.includes(algorithm)) {
    return `PubkeyAcceptedAlgorithms does not allow ${algorithm}`;
  }
  const bits = rsaBits(key);
  return bits !== null && bits < least
    ? `it has ${bits} bits, and RequiredRSASize is ${least}`
    : null;
}

/** The key, which does not sign by SHA-1 where ssh would not: ssh2 does where the host names nothing better. */
export function signingKey(
  { userKeys }: Pick<LoginPolicy, "userKeys">,
  key: ParsedKey,
): ParsedKey {
  if (key.type !== RSA_SHA1 || userKeys.includes(RSA_SHA1)) return key;
  const sign: ParsedKey["sign"] = (data, hash) =>
    hash === "sha1" ? new Error(NO_SHA1) : key.sign(data, hash);
  return Object.create(key, { sign: { value: sign } });
}

/** The same of an agent's keys. */
export function signingOf(
  { userKeys }: Pick<LoginPolicy, "userKeys">,
  agent: Agent,
): Agent["sign"] {
  const sign = agent.sign.bind(agent);
  return (key, data, options, then) =>
    options.hash === "sha1" && !userKeys.includes(RSA_SHA1)
      ? then(new Error(NO_SHA1))
      : sign(key, data, options, then);
}

const NO_SHA1 =
  "the host takes RSA by SHA-1 alone, which PubkeyAcceptedAlgorithms does not allow";
