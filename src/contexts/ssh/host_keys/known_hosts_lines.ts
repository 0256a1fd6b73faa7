/** Lines of known_hosts files: sshd(8), SSH_KNOWN_HOSTS FILE FORMAT. */
// ssh2 has it loaded, and a file of thousands of hashes takes five times as long in plain code.
import { createHmac } from "node:crypto";
import { keyType } from "./host_key.ts";
import { matchesList } from "../config/patterns.ts";

/** A known_hosts file that was read. */
export interface KnownHostsText {
  readonly path: string;
  readonly text: string;
}

export interface KnownLine {
  readonly path: string;
  /** Counts from 1. */
  readonly line: number;
  /** An authority's key says nothing about a host's plain key. */
  readonly marker: "" | "@cert-authority" | "@revoked";
  readonly type: string;
  readonly key: Uint8Array;
}

/** The lines that are about a host of this name (`[name]:port` where the port is not 22). Damaged lines are no lines. */
export function linesAbout(
  files: readonly KnownHostsText[],
  name: string,
): readonly KnownLine[] {
  return files.flatMap(({ path, text }) =>
    text.split(/\r?\n/).flatMap((line, at) => {
      const read = readLine(line, name.toLowerCase());
      return read === null ? [] : [{ path, line: at + 1, ...read }];
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
  // The name first: it rules out most lines, and a key takes longer to read.
  if (hosts === undefined || !isAbout(hosts, name)) return null;
  const key = bytesOf(base64!);
  if (key === null || keyType(key) !== type) return null;
  return { marker: marker as KnownLine["marker"], type, key };
}

function isAbout(hosts: string, name: string): boolean {
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
