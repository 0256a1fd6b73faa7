/** Compares host keys with known_hosts files (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT) by the rules of ssh(1), as tested with 9.2. */
import { createHmac } from "node:crypto";
import { fingerprint, keyType } from "./host_key.ts";
import {
  type KnownHostsText,
  type KnownLine,
  linesFor,
} from "./known_hosts_lines.ts";

export { fingerprint, keyType, type KnownHostsText };

/** The name of a host in known_hosts. Where HostKeyAlias is set it is the hostname, with port 22. */
export interface KnownName {
  readonly hostname: string;
  readonly port: number;
  /** The address of the host, where CheckHostIP is set: a key that is revoked for the address is revoked, and the keys of the address must match too. */
  readonly address?: string;
}

export type Verdict =
  | { readonly verdict: "known" }
  /** No file has any key of this host. */
  | { readonly verdict: "unknown" }
  /**
   * The files have other keys of this host. That includes keys of other types only, because a different server would not
   * have the known key. `expected` is the fingerprint of the key in that line, which is of the same type if there is one.
   */
  | {
    readonly verdict: "changed";
    readonly path: string;
    readonly line: number;
    readonly expected: string;
  }
  | {
    readonly verdict: "revoked";
    readonly path: string;
    readonly line: number;
  };

/**
 * Looks up the key that a server sent. As in ssh, a key of the host name without a port is accepted where no line has
 * the name with the port. A key that is revoked without a port is always revoked, which is stricter than ssh.
 */
export function checkHostKey(
  files: readonly KnownHostsText[],
  host: KnownName,
  key: Uint8Array,
): Verdict {
  const isSame = (line: KnownLine) => isEqual(line.key, key);
  const named = linesFor(files, knownNameOf(host));
  const withoutPort = host.port === 22
    ? []
    : linesFor(files, bare(host.hostname));
  const address = host.address === undefined
    ? []
    : linesFor(files, knownNameOf({ ...host, hostname: host.address }));
  const revoked = [...named, ...withoutPort, ...address].find((line) =>
    line.marker === "@revoked" && isSame(line)
  );
  if (revoked) {
    return { verdict: "revoked", path: revoked.path, line: revoked.line };
  }
  const ofAddress = address.filter(isPlain);
  if (ofAddress.length > 0 && !ofAddress.some(isSame)) {
    return changed(ofAddress, keyType(key));
  }
  const plain = named.filter(isPlain);
  if (plain.some(isSame)) return { verdict: "known" };
  if (plain.length > 0) return changed(plain, keyType(key));
  const isKnown = withoutPort.some((line) => isPlain(line) && isSame(line));
  return { verdict: isKnown ? "known" : "unknown" };
}

function changed(lines: readonly KnownLine[], type: string): Verdict {
  const line = lines.find((line) => line.type === type) ?? lines[0]!;
  return {
    verdict: "changed",
    path: line.path,
    line: line.line,
    expected: fingerprint(line.key),
  };
}

/**
 * The host key algorithms to prefer, because the files have keys of these types for the host: otherwise the server might
 * send a key of another type. An RSA key gives its three algorithms (RFC 8332), the best one first.
 */
export function knownAlgorithms(
  files: readonly KnownHostsText[],
  host: KnownName,
): readonly string[] {
  const named = linesFor(files, knownNameOf(host)).filter(isPlain);
  const plain = named.length > 0
    ? named
    : linesFor(files, bare(host.hostname)).filter(isPlain);
  const algorithms = plain.flatMap(({ type }) =>
    type === "ssh-rsa" ? ["rsa-sha2-512", "rsa-sha2-256", type] : [type]
  );
  return [...new Set(algorithms)];
}

/** The line for a key, without its line break. With `salt` the name is hashed (HashKnownHosts of ssh_config(5)). */
export function knownHostsLine(
  host: KnownName,
  key: Uint8Array,
  salt: Uint8Array | null = null,
): string {
  const name = knownNameOf(host);
  const field = salt === null
    ? name
    : `|1|${salt.toBase64()}|${
      createHmac("sha1", salt).update(name).digest("base64")
    }`;
  return `${field} ${keyType(key)} ${key.toBase64()}`;
}

/** `host`, or `[host]:port` where the port is not 22; also for IPv6 addresses. */
export function knownNameOf({ hostname, port }: KnownName): string {
  const name = bare(hostname).toLowerCase();
  return port === 22 ? name : `[${name}]:${port}`;
}

/** Removes the brackets that an IPv6 address has in a URI. */
function bare(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/s, "$1");
}

function isPlain({ marker }: KnownLine): boolean {
  return marker === "";
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}
