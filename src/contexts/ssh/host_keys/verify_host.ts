/** Whether the host is the one it is taken for. */
import { quote } from "../../../script/quote.ts";
import type { Environment } from "../../../environment/environment.ts";
import type { Hop } from "../hop.ts";
import { addressOf } from "../hop.ts";
import { lowerFirst } from "../../../text/grammar.ts";
import { rsaBits } from "./host_key.ts";
import { USE_OPENSSH } from "../auth/hints.ts";
import { revokedIn } from "./revoked_keys.ts";
import {
  fingerprint,
  judgeHost,
  keyType,
  knownAlgorithms,
  knownHostsLine,
  type KnownHostsText,
  nameOf,
} from "./known_hosts.ts";

/** Null: trusted. Otherwise what is wrong, and what to do. */
export type HostKeyProblem =
  | null
  | {
    readonly saw: string;
    readonly advice: string;
    /** The key of a host that is not known: somebody may say that it is right. */
    readonly stranger: Uint8Array | null;
  };

/** Key types by which the host is known, to be asked for first. */
export function knownTypes(
  hop: Hop,
  world: Pick<Environment, "files">,
): readonly string[] {
  return knownAlgorithms(knownTexts(hop, world), hop.known);
}

/** Compares with known_hosts, also the address that was reached where CheckHostIP says so; keeps the key of an unknown host where the hop says so. */
export function verifyHostKey(
  hop: Hop,
  key: Uint8Array,
  world: Pick<Environment, "files">,
  reached: string | null = null,
): HostKeyProblem {
  const shown = showKey(key);
  const forbidden = forbiddenKey(hop, key, shown, world);
  if (forbidden !== null) return forbidden;
  const address = addressToCheck(hop, reached);
  const verdict = judgeHost(
    knownTexts(hop, world),
    { ...hop.known, ...address !== null && { address } },
    key,
  );
  switch (verdict.verdict) {
    case "known":
      return null;
    case "revoked":
      return {
        saw: `its ${shown} is marked as revoked in ${
          placeIn(verdict)
        }; nothing was sent`,
        advice: "Do not connect; ask who runs the host for its new key",
        stranger: null,
      };
    case "changed":
      return {
        saw: `THE HOST HAS CHANGED: it shows ${shown}, but ${
          placeIn(verdict)
        } has ${verdict.expected}; nothing was sent`,
        advice:
          `Somebody may be listening in. Only if who runs the host says that its key is new: ssh-keygen -f ${
            quote(verdict.path)
          } -R ${quote(nameOf(hop.known))}`,
        stranger: null,
      };
    case "unknown":
      if (hop.taken.has(key.toBase64())) return null;
      return hop.unknownHost === "accept"
        ? remember(hop, key, world)
        : unknownKey(hop, key, world);
  }
}

/** What the settings of the host rule out, known or not. */
function forbiddenKey(
  { policy }: Hop,
  key: Uint8Array,
  shown: string,
  world: Pick<Environment, "files">,
): HostKeyProblem {
  const revoked = revokedIn(policy.revokedKeys, key, world);
  if (revoked !== null) {
    return {
      saw:
        `RevokedHostKeys of ~/.ssh/config rules out its ${shown}: ${revoked.saw}; nothing was sent`,
      advice: revoked.isUnreadable
        ? `Make it a readable list of public keys, or ${
          lowerFirst(USE_OPENSSH)
        }`
        : "Do not connect; ask who runs the host for its new key",
      stranger: null,
    };
  }
  const bits = rsaBits(key);
  return bits === null || bits >= policy.rsaBits ? null : {
    saw:
      `its ${shown} has ${bits} bits, and RequiredRSASize is ${policy.rsaBits}; nothing was sent`,
    advice: "Ask who runs the host for a key of another kind",
    stranger: null,
  };
}

/** As in ssh: not of a host with HostKeyAlias, nor of this machine itself. */
function addressToCheck(
  { policy, known, hostname }: Hop,
  reached: string | null,
): string | null {
  const isOther = reached !== null && known.hostname === hostname &&
    reached !== hostname && !/^127\.|^::1$/.test(reached);
  return policy.checksAddress && isOther ? reached : null;
}

function placeIn({ path, line }: { path: string; line: number }): string {
  return `${path} line ${line}`;
}

function showKey(key: Uint8Array): string {
  const type = keyType(key).replace(/^ssh-|^ecdsa-sha2-/, "").toUpperCase();
  return `${type} key ${fingerprint(key)}`;
}

function unknownKey(
  hop: Hop,
  key: Uint8Array,
  { files }: Pick<Environment, "files">,
): HostKeyProblem {
  const [file] = hop.knownHostsFiles;
  const command = file === undefined
    ? "name a file for it by UserKnownHostsFile in ~/.ssh/config"
    : commandFor(hop, key, file, files);
  return {
    saw: `the host is not known; it shows ${showKey(key)}${
      hop.unknownHost === "refuse"
        ? "\nStrictHostKeyChecking yes, or BatchMode yes, in ~/.ssh/config keeps a new key from being accepted"
        : ""
    }`,
    advice:
      `Compare that with what its site tells. If it is the same: ${command}`,
    stranger: key,
  };
}

/** Shell text that makes the key known. */
function commandFor(
  hop: Hop,
  key: Uint8Array,
  file: string,
  files: Environment["files"],
): string {
  const folder = folderOf(file);
  const mkdir = files.stat(folder)
    ? ""
    : `mkdir -p -m 700 ${quote(folder)} && `;
  const line = lineFor(hop, key, file, files);
  return `${mkdir}echo ${quote(line)} >>${quote(file)}`;
}

function folderOf(file: string): string {
  return file.slice(0, file.lastIndexOf("/"));
}

/** Bytes; as of a digest of SHA-1, which ssh takes. */
const SALT = 20;

/** What is appended to make a key known, without its end; in front of it the end of a last line that has none. */
function lineFor(
  hop: Hop,
  key: Uint8Array,
  file: string,
  files: Environment["files"],
): string {
  const last = files.read(file)?.at(-1) ?? 10;
  const salt = hop.policy.hashesNames
    ? crypto.getRandomValues(new Uint8Array(SALT))
    : null;
  return `${last === 10 ? "" : "\n"}${knownHostsLine(hop.known, key, salt)}`;
}

/** Asks whether the key is the host's; true: it is, for this session even where it cannot be kept. */
export async function confirmHostKey(
  hop: Hop,
  key: Uint8Array,
  { terminal, files }: Pick<Environment, "terminal" | "files">,
): Promise<boolean> {
  if (hop.unknownHost !== "ask") return false;
  const question = `${addressOf(hop)} is not known yet. It shows ${
    showKey(key)
  }.\nGo on, and know it from now on? (yes/no) `;
  const answer = await terminal.ask(question, { hidden: false });
  if (!/^y(es)?$/i.test(answer?.trim() ?? "")) return false;
  hop.taken.add(key.toBase64());
  const unkept = remember(hop, key, { files });
  if (unkept) {
    terminal.err(`${unkept.saw}: it is asked about again next time\n`);
  }
  return true;
}

/** As ssh does: into the user's first file. */
function remember(
  hop: Hop,
  key: Uint8Array,
  { files }: Pick<Environment, "files">,
): HostKeyProblem {
  const [file] = hop.knownHostsFiles;
  if (file === undefined) return null;
  try {
    Deno.mkdirSync(folderOf(file), { recursive: true, mode: 0o700 });
    const line = `${lineFor(hop, key, file, files)}\n`;
    // Not Deno.writeTextFile, which also changes the mode of what is there: it may be /dev/null.
    using opened = Deno.openSync(file, {
      ...{ append: true, create: true, mode: 0o600 },
    });
    opened.writeSync(new TextEncoder().encode(line));
    return null;
  } catch (error) {
    return {
      saw: `its key could not be written to ${file}: ${
        error instanceof Error ? error.message : error
      }`,
      advice: "Make the file writable, or add the key by hand",
      stranger: null,
    };
  }
}

function knownTexts(
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
