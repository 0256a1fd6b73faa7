/** The ways to log in by keys: of files, and of the agent. */
import { lowerFirst } from "../../../text/grammar.ts";
import type { Environment } from "../../../environment/environment.ts";
import { agentFor } from "./agent.ts";
import type { Hop } from "../hop.ts";
import { type KeyFile, readKey, unlock } from "./key_file.ts";
import {
  keyThatFits,
  type Notes,
  passphraseAdvice,
  USE_OPENSSH,
} from "./hints.ts";
import type { Agent, Attempt } from "../ssh2.ts";
import { keyRefusal, signingKey } from "./key_rules.ts";
import type { AuthMethod } from "./auth_method.ts";

/** First as far as the key can be read without asking; the agent may have it open. */
export function keyMethods(
  path: string,
  hop: Hop,
  world: Environment,
  notes: Notes,
): Readonly<Record<"asItIs" | "unlocked", AuthMethod>> {
  const { user: username, secrets } = hop;
  const seen = { isLocked: false };
  const attempt = (file: KeyFile): Attempt | null => {
    if (file.is === "open") {
      const refusal = keyRefusal(hop.policy, file.key.getPublicSSH());
      if (refusal === null) {
        return {
          type: "publickey",
          username,
          key: signingKey(hop.policy, file.key),
        };
      }
      notes.push({ saw: `key ${path}: ${refusal}` });
      return null;
    }
    notes.push(...notesOf(file, path, hop));
    return null;
  };
  const way = {
    method: "publickey",
    shown: () => `key ${path}`,
  } as const;
  return {
    asItIs: {
      ...way,
      asks: false,
      begin() {
        const file = readKey(path, secrets.passphrase, world);
        seen.isLocked = file.is === "locked";
        return Promise.resolve(attempt(file));
      },
    },
    unlocked: {
      ...way,
      asks: true,
      async begin() {
        const file = seen.isLocked ? await unlock(path, world) : null;
        return file && attempt(file);
      },
    },
  };
}

/** Why a key cannot be tried. Of those that only may be there nothing is told where they are not. */
function notesOf(
  file: Exclude<KeyFile, { readonly is: "open" }>,
  path: string,
  hop: Hop,
): Notes {
  const isNamed = path === hop.namedKey;
  if (file.is === "absent" && !isNamed) return [];
  const saw = file.is === "absent"
    ? "there is no such readable file"
    : file.saw;
  const note = { saw: `key ${path}: ${saw}` };
  if (file.is === "public" && !isNamed) return [note];
  const advice = file.is === "absent"
    ? absentAdvice(path)
    : file.is === "locked"
    ? passphraseAdvice(hop, path)
    : file.advice;
  return [{ ...note, mend: { by: "publickey", advice } }];
}

/** Where the name of a key on a card stands in place of a file: RFC 7512. */
function absentAdvice(path: string): string {
  return /(^|\/)pkcs11:/.test(path)
    ? `For a key of PKCS#11 name PKCS11Provider in ~/.ssh/config, and ${
      lowerFirst(USE_OPENSSH)
    }`
    : `Correct remote_profile.key_filename: ${path} is no private key that can be read`;
}

export function agentMethod(
  socket: string,
  hop: Hop,
  world: Environment,
  notes: Notes,
): AuthMethod {
  const { user: username } = hop;
  const seen = { isEmpty: false };
  const watched = (): Agent => {
    const agent = agentFor(socket, hop, world);
    const list = agent.getIdentities.bind(agent);
    agent.getIdentities = (then) =>
      list((error, keys) => {
        seen.isEmpty = !keys?.length;
        if (keys?.length === 0) notes.push(emptyAgent(hop));
        then(error, keys);
      });
    return agent;
  };
  return {
    method: "publickey",
    shown: () => seen.isEmpty ? null : "keys of the agent",
    asks: false,
    begin: () => Promise.resolve({ type: "agent", username, agent: watched() }),
  };
}

function emptyAgent(hop: Hop): Notes[number] {
  const none = hop.agentKeys === null
    ? "no keys"
    : "none of the keys that IdentityFile and IdentitiesOnly allow";
  return {
    saw: `the agent has ${none}`,
    mend: {
      by: "publickey",
      advice: `Add a key to the agent by ssh-add, or ${keyThatFits(hop)}`,
    },
  };
}

/** `saw`: what was wrong with the agent. */
export function unanswering(hop: Hop, saw: string): Notes[number] {
  const advice = `See whether the agent answers (\`ssh-add -l\`), or ${
    keyThatFits(hop)
  }`;
  return { saw: `agent: ${saw}`, mend: { by: "publickey", advice } };
}
