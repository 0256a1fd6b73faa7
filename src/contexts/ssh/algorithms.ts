/** What is agreed on with a host before anything is said. */
import { matchesList } from "./config/patterns.ts";
import type { ConnectConfig } from "./ssh2.ts";

/** Each list: what may be agreed on, best first. */
export interface Algorithms {
  readonly kex: readonly string[];
  readonly cipher: readonly string[];
  readonly hmac: readonly string[];
  readonly serverHostKey: readonly string[];
}

interface Kind {
  /** The list of ssh_config(5), in lower case. */
  readonly option: string;
  /** What ssh2 can do under Deno. */
  readonly supported: readonly string[];
  /** The part of it that OpenSSH 9.2 offers by itself. */
  readonly usual: readonly string[];
}

const RSA = ["rsa-sha2-512", "rsa-sha2-256"];

/** nistp521 and compression fail under Deno 2.9. Of ciphers AES-GCM is the fastest, and chacha20 takes twice the memory. */
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
    "aes128-gcm@openssh.com",
    "aes256-gcm@openssh.com",
    "aes128-ctr",
    "aes192-ctr",
    "aes256-ctr",
    "chacha20-poly1305@openssh.com",
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
  usual: readonly string[],
  others: readonly string[],
): Kind {
  return { option, usual, supported: [...usual, ...others] };
}

/** What a list of ssh_config(5) leaves of what is supported; null: there is no list. In its order, but for ciphers. */
export function allowedOf(
  kind: keyof Algorithms,
  said: string | null,
): readonly string[] {
  const { supported } = KINDS[kind];
  const words = assembled(said, KINDS[kind]);
  const isAllowed = (name: string) => words.includes(name);
  return kind === "cipher"
    ? supported.filter(isAllowed)
    : words.filter((name) => supported.includes(name));
}

/** `+` appends, `-` takes away, `^` puts in front: ssh -G has done it already, but there may be no ssh. */
function assembled(
  said: string | null,
  { supported, usual }: Kind,
): readonly string[] {
  if (said === null) return usual;
  const [, sign, list = ""] = /^([-+^]?)(.*)$/s.exec(said) ?? [];
  const patterns = list.split(",").map((word) => word.trim());
  const isMeant = (name: string) => matchesList(patterns, name);
  const meant = patterns.flatMap((pattern) =>
    supported.filter((name) => matchesList([pattern], name))
  );
  if (sign === "-") return usual.filter((name) => !isMeant(name));
  if (sign === "+") return [...new Set([...usual, ...meant])];
  if (sign === "^") return [...new Set([...meant, ...usual])];
  return patterns;
}

/**
 * Whether host keys by which the host is known come first: as in ssh, where nobody has chosen an order. By itself ssh
 * begins with certificates.
 */
export function prefersKnown(said: string | null): boolean {
  return said === null || /^[-+]|^[^,]*-cert-/.test(said);
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
