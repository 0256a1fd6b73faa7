/** Whether a server is the one it was: sshd(8), SSH_KNOWN_HOSTS FILE FORMAT, judged as ssh(1) judges (tried on 9.2). */
import { createHmac } from "node:crypto";
import { fingerprint, keyType } from "./host_key.ts";
import {
  type KnownHostsText,
  type KnownLine,
  linesAbout,
} from "./known_hosts_lines.ts";

export { fingerprint, keyType, type KnownHostsText };

/** A server as known_hosts names it. Where HostKeyAlias is set: that as the hostname, and port 22. */
export interface KnownName {
  readonly hostname: string;
  readonly port: number;
  /** Where it was reached; a key revoked for the address is revoked too, and other keys of the address count: CheckHostIP. */
  readonly address?: string;
}

export type Verdict =
  | { readonly verdict: "known" }
  /** No file has any key of this host. */
  | { readonly verdict: "unknown" }
  /**
   * The files have other keys of it, be it only of other types: then the server may be another that lacks the known one.
   * `expected` is the fingerprint of what the place has, which is of the same type if any is.
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
 * What the files say of the key that a server shows. A key of the host without its port counts where the port has none,
 * as in ssh; a key revoked without the port counts always, which is stricter than ssh.
 */
export function judgeHost(
  files: readonly KnownHostsText[],
  host: KnownName,
  key: Uint8Array,
): Verdict {
  const isSame = (line: KnownLine) => isEqual(line.key, key);
  const named = linesAbout(files, nameOf(host));
  const withoutPort = host.port === 22
    ? []
    : linesAbout(files, bare(host.hostname));
  const address = host.address === undefined
    ? []
    : linesAbout(files, nameOf({ ...host, hostname: host.address }));
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
 * Host key algorithms to prefer, because the files have such a key of this host: without them a server that is known by
 * one key would show another. An RSA key stands for its three algorithms (RFC 8332), the best first.
 */
export function knownAlgorithms(
  files: readonly KnownHostsText[],
  host: KnownName,
): readonly string[] {
  const named = linesAbout(files, nameOf(host)).filter(isPlain);
  const plain = named.length > 0
    ? named
    : linesAbout(files, bare(host.hostname)).filter(isPlain);
  const algorithms = plain.flatMap(({ type }) =>
    type === "ssh-rsa" ? ["rsa-sha2-512", "rsa-sha2-256", type] : [type]
  );
  return [...new Set(algorithms)];
}

/** The line that makes a key known, without its line break. `salt`: hashes the name (HashKnownHosts of ssh_config(5)). */
export function knownHostsLine(
  host: KnownName,
  key: Uint8Array,
  salt: Uint8Array | null = null,
): string {
  const name = nameOf(host);
  const shown = salt === null
    ? name
    : `|1|${salt.toBase64()}|${
      createHmac("sha1", salt).update(name).digest("base64")
    }`;
  return `${shown} ${keyType(key)} ${key.toBase64()}`;
}

/** `host`, or `[host]:port` where the port is not 22; addresses of IPv6 alike. */
export function nameOf({ hostname, port }: KnownName): string {
  const name = bare(hostname).toLowerCase();
  return port === 22 ? name : `[${name}]:${port}`;
}

/** An address of IPv6 may come in the brackets of a URI. */
function bare(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/s, "$1");
}

function isPlain({ marker }: KnownLine): boolean {
  return marker === "";
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}
