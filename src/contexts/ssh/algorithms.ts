/** The algorithms that are negotiated with a host. */
import { matchesList } from "./config/patterns.ts";
import type { ConnectConfig } from "./ssh2.ts";

/** Each list has the algorithms that may be negotiated, the preferred one first. */
export interface Algorithms {
  readonly kex: readonly string[];
  readonly cipher: readonly string[];
  readonly hmac: readonly string[];
  readonly serverHostKey: readonly string[];
}

interface Kind {
  /** The keyword of ssh_config(5), in lower case. */
  readonly option: string;
  /** What ssh2 supports under Deno. */
  readonly supported: readonly string[];
  /** The supported algorithms that OpenSSH 9.2 offers by default. */
  readonly defaults: readonly string[];
}

const RSA = ["rsa-sha2-512", "rsa-sha2-256"];

/**
 * nistp521 and compression fail under Deno 2.9. Ciphers have the order of
 * OpenSSH, in which the fast ones come first here too: node:crypto of Deno
 * takes half as much CPU time for chacha20 as for AES-GCM; AES-CTR with its
 * HMAC is in between.
 */
export const KINDS: Readonly<Record<keyof Algorithms, Kind>> = {
  kex: kind("kexalgorithms", [
    "curve25519-sha256",
    "curve25519-sha256@libssh.org",
    "ecdh-sha2-nistp256",
    "ecdh-sha2-nistp384",
    "diffie-hellman-group-exchange-sha256",
    "diffie-hellman-group16-sha512",
    "diffie-hellman-group18-sha512",
    "diffie-hellman-group14-sha256",
  ], [
    "diffie-hellman-group-exchange-sha1",
    "diffie-hellman-group14-sha1",
    "diffie-hellman-group1-sha1",
  ]),
  cipher: kind("ciphers", [
    "chacha20-poly1305@openssh.com",
    "aes128-ctr",
    "aes192-ctr",
    "aes256-ctr",
    "aes128-gcm@openssh.com",
    "aes256-gcm@openssh.com",
  ], ["aes256-cbc", "aes128-cbc", "3des-cbc"]),
  hmac: kind("macs", [
    "hmac-sha2-256-etm@openssh.com",
    "hmac-sha2-512-etm@openssh.com",
    "hmac-sha1-etm@openssh.com",
    "hmac-sha2-256",
    "hmac-sha2-512",
    "hmac-sha1",
  ], ["hmac-md5", "hmac-sha1-96", "hmac-md5-96"]),
  serverHostKey: kind("hostkeyalgorithms", [
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    ...RSA,
  ], ["ssh-rsa"]),
};

function kind(
  option: string,
  defaults: readonly string[],
  others: readonly string[],
): Kind {
  return { option, defaults, supported: [...defaults, ...others] };
}

/** The supported algorithms that a list of ssh_config(5) allows, in its order; null where there is no list. */
export function allowedAlgorithms(
  kind: keyof Algorithms,
  list: string | null,
): readonly string[] {
  const { supported } = KINDS[kind];
  return expandList(list, KINDS[kind])
    .filter((name) => supported.includes(name));
}

/** `+` appends, `-` removes and `^` puts in front. `ssh -G` prints lists where that is done, but there may be no ssh. */
function expandList(
  list: string | null,
  { supported, defaults }: Kind,
): readonly string[] {
  if (list === null) return defaults;
  const [, sign, rest = ""] = /^([-+^]?)(.*)$/s.exec(list) ?? [];
  const patterns = rest.split(",").map((word) => word.trim());
  const isListed = (name: string) => matchesList(patterns, name);
  const listed = patterns.flatMap((pattern) =>
    supported.filter((name) => matchesList([pattern], name))
  );
  if (sign === "-") return defaults.filter((name) => !isListed(name));
  if (sign === "+") return [...new Set([...defaults, ...listed])];
  if (sign === "^") return [...new Set([...listed, ...defaults])];
  return patterns;
}

/**
 * Whether the types of keys that known_hosts has for the host are preferred: as in ssh, where no order is configured.
 * The default list of ssh begins with certificates.
 */
export function prefersKnown(list: string | null): boolean {
  return list === null || /^[-+]|^[^,]*-cert-/.test(list);
}

export function algorithmsFor(
  allowed: Algorithms,
  known: readonly string[],
): ConnectConfig["algorithms"] {
  const { serverHostKey } = allowed;
  const preferred = known.flatMap((type) => type === "ssh-rsa" ? RSA : [type]);
  return {
    ...allowed,
    compress: ["none"],
    serverHostKey: [
      ...new Set([
        ...preferred.filter((type) => serverHostKey.includes(type)),
        ...serverHostKey,
      ]),
    ],
  };
}
