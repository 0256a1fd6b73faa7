/** Whether the host is the one it is taken for. */
import { quote } from "../../script/quote.ts";
import type { World } from "../../world.ts";
import type { Hop } from "./hop.ts";
import { addressOf } from "./hop.ts";
import {
  fingerprint,
  judgeHost,
  keyType,
  knownAlgorithms,
  knownHostsLine,
  type KnownHostsText,
} from "./known_hosts.ts";

/** Null: trusted. Otherwise what is wrong, and what to do. */
export type Distrust =
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
  world: Pick<World, "files">,
): readonly string[] {
  return knownAlgorithms(knownTexts(hop, world), hop.known);
}

/** Compares with known_hosts; keeps the key of an unknown host where the hop says so. */
export function judge(
  hop: Hop,
  key: Uint8Array,
  world: Pick<World, "files">,
): Distrust {
  const verdict = judgeHost(knownTexts(hop, world), hop.known, key);
  const shown = showKey(key);
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
          `Somebody may be listening in. Only if who runs the host says that its key is new: ssh-keygen -R ${
            quote(bracketed(hop))
          }`,
        stranger: null,
      };
    case "unknown":
      return hop.unknownHost === "accept"
        ? remember(hop, key)
        : stranger(hop, key);
  }
}

function placeIn({ path, line }: { path: string; line: number }): string {
  return `${path} line ${line}`;
}

function showKey(key: Uint8Array): string {
  const type = keyType(key).replace(/^ssh-|^ecdsa-sha2-/, "").toUpperCase();
  return `${type} key ${fingerprint(key)}`;
}

function stranger(hop: Hop, key: Uint8Array): Distrust {
  const port = hop.port === 22 ? "" : `-p ${hop.port} `;
  const file = hop.knownHostsFiles[0] ?? "~/.ssh/known_hosts";
  return {
    saw: `the host is not known; it shows ${showKey(key)}`,
    advice: `Compare that with what its site tells, then: ssh-keyscan ${port}${
      quote(hop.hostname)
    } >>${file}`,
    stranger: key,
  };
}

/** Asks whether the key is the host's, and keeps it if so; true: it is kept. */
export async function meet(
  hop: Hop,
  key: Uint8Array,
  { screen }: Pick<World, "screen">,
): Promise<boolean> {
  if (hop.unknownHost !== "ask") return false;
  const question = `${addressOf(hop)} is not known yet. It shows ${
    showKey(key)
  }.\nGo on, and know it from now on? (yes/no) `;
  const answer = await screen.ask(question, { hidden: false });
  return /^y(es)?$/i.test(answer?.trim() ?? "") && remember(hop, key) === null;
}

/** As ssh does: into the user's first file. */
function remember(hop: Hop, key: Uint8Array): Distrust {
  const [file] = hop.knownHostsFiles;
  if (file === undefined) return null;
  try {
    Deno.mkdirSync(file.slice(0, file.lastIndexOf("/")), {
      recursive: true,
      mode: 0o700,
    });
    const line = `${knownHostsLine(hop.known, key)}\n`;
    Deno.writeTextFileSync(file, line, { append: true, mode: 0o600 });
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
  { files }: Pick<World, "files">,
): readonly KnownHostsText[] {
  return knownHostsFiles.flatMap((path) => {
    const bytes = files.read(path);
    return bytes === null
      ? []
      : [{ path, text: new TextDecoder().decode(bytes) }];
  });
}

function bracketed({ known: { hostname, port } }: Hop): string {
  return port === 22 ? hostname : `[${hostname}]:${port}`;
}
