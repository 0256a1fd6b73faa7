/** Which keys of the user ~/.ssh/config allows for a host: PubkeyAcceptedAlgorithms and RequiredRSASize of ssh_config(5). */
import { keyType, rsaBits } from "../host_keys/host_key.ts";
import type { LoginPolicy } from "../config/login_policy.ts";
import type { Agent, ParsedKey } from "../ssh2.ts";

/** For an RSA key ssh2 tries this one of the three algorithms first, and the one with SHA-1 last (RFC 8332). */
const RSA_SIGNATURE = "rsa-sha2-256";
const RSA_SHA1 = "ssh-rsa";

/** Null where the key may be tried, otherwise what forbids it. `key` is the public key in the format of RFC 4253. */
export function keyRefusal(
  { userKeys, rsaBits: minimum }: Pick<LoginPolicy, "userKeys" | "rsaBits">,
  key: Uint8Array,
): string | null {
  const type = keyType(key);
  const algorithm = type === RSA_SHA1 ? RSA_SIGNATURE : type;
  if (!userKeys.includes(algorithm)) {
    return `PubkeyAcceptedAlgorithms does not allow ${algorithm}`;
  }
  const bits = rsaBits(key);
  return bits !== null && bits < minimum
    ? `it has ${bits} bits, and RequiredRSASize is ${minimum}`
    : null;
}

/** The key, which refuses to sign with SHA-1 where ssh would: ssh2 itself uses SHA-1 where the host names nothing better. */
export function signingKey(
  { userKeys }: Pick<LoginPolicy, "userKeys">,
  key: ParsedKey,
): ParsedKey {
  if (key.type !== RSA_SHA1 || userKeys.includes(RSA_SHA1)) return key;
  const sign: ParsedKey["sign"] = (data, hash) =>
    hash === "sha1" ? new Error(NO_SHA1) : key.sign(data, hash);
  return Object.create(key, { sign: { value: sign } });
}

/** The same rule for the keys of an agent. */
export function agentSigning(
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
  "the host accepts RSA keys with SHA-1 only, which PubkeyAcceptedAlgorithms does not allow";
