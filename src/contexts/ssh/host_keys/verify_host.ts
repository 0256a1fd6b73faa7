/** Verifies the key of a host. */
import { quote } from "../../../script/quote.ts";
import type { Environment } from "../../../environment/environment.ts";
import type { Hop } from "../hop.ts";
import { addressOf } from "../hop.ts";
import { lowerFirst } from "../../../text/grammar.ts";
import { rsaBits } from "./host_key.ts";
import { USE_OPENSSH } from "../auth/hints.ts";
import { findRevoked } from "./revoked_keys.ts";
import {
  checkHostKey,
  fingerprint,
  keyType,
  knownAlgorithms,
  knownHostsLine,
  type KnownHostsText,
  knownNameOf,
} from "./known_hosts.ts";

/** Null where the key was verified. */
export type HostKeyProblem =
  | null
  | {
    readonly detail: string;
    readonly hint: string;
    /** The key of a host that is not in known_hosts, which the user may confirm. */
    readonly unknownKey: Uint8Array | null;
  };

/** The types of the keys that known_hosts has for the host; they are preferred in the negotiation. */
export function knownKeyTypes(
  hop: Hop,
  environment: Pick<Environment, "files">,
): readonly string[] {
  return knownAlgorithms(knownHostsTexts(hop, environment), hop.knownName);
}

/** Compares the key with known_hosts, for the connected address too where CheckHostIP is set; adds the key of an unknown host where the hop accepts it. */
export function verifyHostKey(
  hop: Hop,
  key: Uint8Array,
  environment: Pick<Environment, "files">,
  connectedTo: string | null = null,
): HostKeyProblem {
  const shown = `${keyKind(key)} key ${fingerprint(key)}`;
  const host = hostAndPort(hop);
  const forbidden = forbiddenKey(hop, key, shown, environment);
  if (forbidden !== null) return forbidden;
  const address = addressToCheck(hop, connectedTo);
  const verdict = checkHostKey(
    knownHostsTexts(hop, environment),
    { ...hop.knownName, ...address !== null && { address } },
    key,
  );
  switch (verdict.verdict) {
    case "known":
      return null;
    case "revoked":
      return {
        detail:
          `REVOKED HOST KEY DETECTED: the ${shown} of ${host} is marked as revoked in ${
            lineIn(verdict)
          }; no credentials were sent`,
        hint: REVOKED_HINT,
        unknownKey: null,
      };
    case "changed":
      return {
        detail:
          `REMOTE HOST IDENTIFICATION HAS CHANGED: ${host} has the ${shown}, but ${
            lineIn(verdict)
          } has ${verdict.expected}; no credentials were sent`,
        hint:
          `Someone may be eavesdropping (man-in-the-middle attack). Only if the administrator of the host confirms its new key: ssh-keygen -f ${
            quote(verdict.path)
          } -R ${quote(knownNameOf(hop.knownName))}`,
        unknownKey: null,
      };
    case "unknown":
      if (hop.confirmedKeys.has(key.toBase64())) return null;
      return hop.unknownHost === "accept"
        ? addToKnownHosts(hop, key, environment)
        : unknownHostProblem(hop, key, environment);
  }
}

const REVOKED_HINT =
  "Do not connect; ask the administrator of the host for its new key";

/** `host:port` with the name in known_hosts. */
function hostAndPort({ knownName: { hostname, port } }: Hop): string {
  const isIpv6 = hostname.includes(":") && !hostname.startsWith("[");
  return `${isIpv6 ? `[${hostname}]` : hostname}:${port}`;
}

/** What ~/.ssh/config forbids, whether or not known_hosts has the key. */
function forbiddenKey(
  hop: Hop,
  key: Uint8Array,
  shown: string,
  environment: Pick<Environment, "files">,
): HostKeyProblem {
  const { policy } = hop;
  const revoked = findRevoked(policy.revokedKeys, key, environment);
  if (revoked !== null) {
    return {
      detail: `RevokedHostKeys in ~/.ssh/config forbids the ${shown} of ${
        hostAndPort(hop)
      }: ${revoked.detail}; no credentials were sent`,
      hint: revoked.isUnreadable
        ? `Make it a readable list of public keys, or ${
          lowerFirst(USE_OPENSSH)
        }`
        : REVOKED_HINT,
      unknownKey: null,
    };
  }
  const bits = rsaBits(key);
  return bits === null || bits >= policy.rsaBits ? null : {
    detail: `Invalid key length: the ${shown} of ${
      hostAndPort(hop)
    } has ${bits} bits, and RequiredRSASize is ${policy.rsaBits}; no credentials were sent`,
    hint: "Ask the administrator of the host for a key of another type",
    unknownKey: null,
  };
}

/** As in ssh, the address is not checked for a host with HostKeyAlias, nor for the local host. */
function addressToCheck(
  { policy, knownName, hostname }: Hop,
  connectedTo: string | null,
): string | null {
  const isOther = connectedTo !== null && knownName.hostname === hostname &&
    connectedTo !== hostname && !/^127\.|^::1$/.test(connectedTo);
  return policy.checksAddress && isOther ? connectedTo : null;
}

function lineIn({ path, line }: { path: string; line: number }): string {
  return `${path} line ${line}`;
}

/** `ED25519`, `NISTP256`, `RSA`, … */
function keyKind(key: Uint8Array): string {
  return keyType(key).replace(/^ssh-|^ecdsa-sha2-/, "").toUpperCase();
}

function unknownHostProblem(
  hop: Hop,
  key: Uint8Array,
  { files }: Pick<Environment, "files">,
): HostKeyProblem {
  const [file] = hop.knownHostsFiles;
  const command = file === undefined
    ? "set UserKnownHostsFile in ~/.ssh/config to a file for it"
    : commandFor(hop, key, file, files);
  return {
    detail: `${hostAndPort(hop)} is not in known_hosts; its ${
      keyKind(key)
    } key fingerprint is ${fingerprint(key)}${
      hop.unknownHost === "refuse"
        ? "\nStrictHostKeyChecking yes or BatchMode yes in ~/.ssh/config forbids accepting a new key"
        : ""
    }`,
    hint:
      `Compare this fingerprint with the one that the site publishes. If they are the same: ${command}`,
    unknownKey: key,
  };
}

/** Shell text that adds the key to known_hosts. */
function commandFor(
  hop: Hop,
  key: Uint8Array,
  file: string,
  files: Environment["files"],
): string {
  const directory = directoryOf(file);
  const mkdir = files.stat(directory)
    ? ""
    : `mkdir -p -m 700 ${quote(directory)} && `;
  const line = lineFor(hop, key, file, files);
  return `${mkdir}echo ${quote(line)} >>${quote(file)}`;
}

function directoryOf(file: string): string {
  return file.slice(0, file.lastIndexOf("/"));
}

/** As many bytes as an SHA-1 digest has, which is what ssh uses. */
const SALT_BYTES = 20;

/** The line to append to known_hosts, without its line break; it begins with one where the last line of the file has none. */
function lineFor(
  hop: Hop,
  key: Uint8Array,
  file: string,
  files: Environment["files"],
): string {
  const last = files.read(file)?.at(-1) ?? 10;
  const salt = hop.policy.hashesNames
    ? crypto.getRandomValues(new Uint8Array(SALT_BYTES))
    : null;
  const line = knownHostsLine(hop.knownName, key, salt);
  return `${last === 10 ? "" : "\n"}${line}`;
}

/** Asks the user to confirm the key; a confirmed key is accepted for this session even where known_hosts cannot be written. */
export async function confirmHostKey(
  hop: Hop,
  key: Uint8Array,
  { terminal, files }: Pick<Environment, "terminal" | "files">,
): Promise<boolean> {
  if (hop.unknownHost !== "ask") return false;
  const host = hop.jumpTo === null
    ? `host '${hostAndPort(hop)}'`
    : addressOf(hop);
  const question = `The authenticity of ${host} cannot be established.\n${
    keyKind(key)
  } key fingerprint is ${
    fingerprint(key)
  }.\nAre you sure you want to continue connecting (yes/no)? `;
  const answer = await terminal.ask(question, { hidden: false });
  if (!/^y(es)?$/i.test(answer?.trim() ?? "")) return false;
  hop.confirmedKeys.add(key.toBase64());
  const problem = addToKnownHosts(hop, key, { files });
  if (problem) {
    const { detail } = problem;
    terminal.err(`warning: ${detail}; the next run asks again\n`, "warning");
  }
  return true;
}

/** As ssh does, to the first file of UserKnownHostsFile. */
function addToKnownHosts(
  hop: Hop,
  key: Uint8Array,
  { files }: Pick<Environment, "files">,
): HostKeyProblem {
  const [file] = hop.knownHostsFiles;
  if (file === undefined) return null;
  try {
    Deno.mkdirSync(directoryOf(file), { recursive: true, mode: 0o700 });
    const line = `${lineFor(hop, key, file, files)}\n`;
    // Deno.writeTextFile would change the mode of an existing file, which may be /dev/null.
    using opened = Deno.openSync(file, {
      ...{ append: true, create: true, mode: 0o600 },
    });
    opened.writeSync(new TextEncoder().encode(line));
    return null;
  } catch (error) {
    return {
      detail: `Failed to add the host to the list of known hosts (${file}): ${
        error instanceof Error ? error.message : error
      }`,
      hint: "Make the file writable, or add the key by hand",
      unknownKey: null,
    };
  }
}

function knownHostsTexts(
  { knownHostsFiles }: Hop,
  { files }: Pick<Environment, "files">,
): readonly KnownHostsText[] {
  return knownHostsFiles.flatMap((path) => {
    const bytes = files.read(path);
    return bytes === null
      ? []
      : [{ path, text: new TextDecoder().decode(bytes) }];
  });
}
