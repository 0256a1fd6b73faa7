/** Lines of known_hosts files: sshd(8), SSH_KNOWN_HOSTS FILE FORMAT. */
// ssh2 loads this module anyway, and an implementation in plain TypeScript takes five times as long for a file of thousands of hashes.
import { createHmac } from "node:crypto";
import { keyType } from "./host_key.ts";
import { matchesList } from "../config/patterns.ts";

/** The content of a known_hosts file. */
export interface KnownHostsText {
  readonly path: string;
  readonly text: string;
}

export interface KnownLine {
  readonly path: string;
  /** The first line is 1. */
  readonly line: number;
  /** Lines with `@cert-authority` are about certificates, not about host keys. */
  readonly marker: "" | "@cert-authority" | "@revoked";
  readonly type: string;
  readonly key: Uint8Array;
}

/** The lines about a host of this name (`[name]:port` where the port is not 22). Damaged lines are skipped. */
export function linesFor(
  files: readonly KnownHostsText[],
  name: string,
): readonly KnownLine[] {
  return files.flatMap(({ path, text }) =>
    text.split(/\r?\n/).flatMap((line, at) => {
      const entry = readLine(line, name.toLowerCase());
      return entry === null ? [] : [{ path, line: at + 1, ...entry }];
    })
  );
}

const LINE =
  /^[ \t]*(?:(@cert-authority|@revoked) [ \t]*)?([^#@ \t][^ \t]*)[ \t]+([^ \t]+)[ \t]+([^ \t]+)/;

function readLine(
  line: string,
  name: string,
): Pick<KnownLine, "marker" | "type" | "key"> | null {
  const [, marker = "", hosts, type, base64] = LINE.exec(line) ?? [];
  // The name is compared first: it excludes most lines, and decoding a key takes longer.
  if (hosts === undefined || !matchesName(hosts, name)) return null;
  const key = bytesOf(base64!);
  if (key === null || keyType(key) !== type) return null;
  return { marker: marker as KnownLine["marker"], type, key };
}

function matchesName(hosts: string, name: string): boolean {
  return hosts.startsWith("|")
    ? isHashOf(hosts, name)
    : matchesList(hosts.toLowerCase().split(","), name);
}

/** `|1|salt|hash`: the HMAC-SHA1 of the name with the salt as its key, both in base64. */
function isHashOf(field: string, name: string): boolean {
  const [, version, salt = "", hash = ""] = field.split("|");
  const key = version === "1" ? bytesOf(salt) : null;
  return key !== null &&
    createHmac("sha1", key).update(name).digest("base64") === hash;
}

function bytesOf(base64: string): Uint8Array | null {
  try {
    return Uint8Array.fromBase64(base64);
  } catch {
    return null;
  }
}
