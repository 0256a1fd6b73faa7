/** Public key authentication: with key files, and with the agent. */
import { lowerFirst } from "../../../text/grammar.ts";
import type { Environment } from "../../../environment/environment.ts";
import { agentFor } from "./agent.ts";
import type { Hop } from "../hop.ts";
import { type KeyFile, promptForKey, readKey } from "./key_file.ts";
import { keyHint, type Notes, passphraseHint, USE_OPENSSH } from "./hints.ts";
import type { Agent, Attempt } from "../ssh2.ts";
import { keyRefusal, signingKey } from "./key_rules.ts";
import type { AuthMethod } from "./auth_method.ts";

/** The key is tried first without a prompt for its passphrase, because the agent may hold it decrypted. */
export function keyMethods(
  path: string,
  hop: Hop,
  environment: Environment,
  notes: Notes,
): Readonly<Record<"withoutPrompt" | "withPrompt", AuthMethod>> {
  const { user: username, secrets } = hop;
  const state = { isEncrypted: false };
  const attempt = (file: KeyFile): Attempt | null => {
    if (file.is === "usable") {
      const refusal = keyRefusal(hop.policy, file.key.getPublicSSH());
      if (refusal === null) {
        return {
          type: "publickey",
          username,
          key: signingKey(hop.policy, file.key),
        };
      }
      notes.push({ detail: `key ${path}: ${refusal}` });
      return null;
    }
    notes.push(...notesOf(file, path, hop));
    return null;
  };
  const common = {
    method: "publickey",
    label: () => `key ${path}`,
  } as const;
  return {
    withoutPrompt: {
      ...common,
      isInteractive: false,
      begin() {
        const file = readKey(path, secrets.passphrase, environment);
        state.isEncrypted = file.is === "encrypted";
        return Promise.resolve(attempt(file));
      },
    },
    withPrompt: {
      ...common,
      isInteractive: true,
      async begin() {
        const file = state.isEncrypted
          ? await promptForKey(path, environment)
          : null;
        return file && attempt(file);
      },
    },
  };
}

/** Why a key cannot be tried. A default key that does not exist is no problem. */
function notesOf(
  file: Exclude<KeyFile, { readonly is: "usable" }>,
  path: string,
  hop: Hop,
): Notes {
  const isNamed = path === hop.namedKey;
  if (file.is === "absent" && !isNamed) return [];
  const problem = file.is === "absent"
    ? "there is no such readable file"
    : file.detail;
  const note = { detail: `key ${path}: ${problem}` };
  if (file.is === "public" && !isNamed) return [note];
  const text = file.is === "absent"
    ? absentHint(path)
    : file.is === "encrypted"
    ? passphraseHint(hop, path)
    : file.hint;
  return [{ ...note, hint: { method: "publickey", text } }];
}

/** A PKCS#11 URI (RFC 7512) may stand in place of a file name. */
function absentHint(path: string): string {
  return /(^|\/)pkcs11:/.test(path)
    ? `For a PKCS#11 key set PKCS11Provider in ~/.ssh/config, and ${
      lowerFirst(USE_OPENSSH)
    }`
    : `Correct remote_profile.key_filename: ${path} is not a readable private key`;
}

type AgentAnswer = Parameters<Agent["getIdentities"]>[0];

/** How long the agent may take to list its keys (s); to sign it may ask the user, within the time limit of the login. */
const MAX_LIST_S = 5;

export function agentMethod(
  socket: string,
  hop: Hop,
  environment: Environment,
  notes: Notes,
): AuthMethod {
  const { user: username } = hop;
  const state = { isEmpty: false };
  const watchedAgent = (): Agent => {
    const agent = agentFor(socket, hop, environment);
    const list = agent.getIdentities.bind(agent);
    const listed = (...answer: Parameters<AgentAnswer>) => {
      const [, keys] = answer;
      state.isEmpty = !keys?.length;
      if (keys?.length === 0) notes.push(emptyAgentNote(hop));
      return answer;
    };
    agent.getIdentities = (then) => {
      const answered = new AbortController();
      const once = (...answer: Parameters<AgentAnswer>) => {
        if (answered.signal.aborted) return;
        answered.abort();
        then(...listed(...answer));
      };
      list(once);
      const limit_s = Math.min(MAX_LIST_S, hop.timeout_s / 2);
      environment.clock.sleep(1000 * limit_s, answered.signal).then(() =>
        once(new Error(`no answer within ${limit_s} s`))
      );
    };
    return agent;
  };
  return {
    method: "publickey",
    label: () => state.isEmpty ? null : "keys of the agent",
    isInteractive: false,
    begin: () =>
      Promise.resolve({ type: "agent", username, agent: watchedAgent() }),
  };
}

function emptyAgentNote(hop: Hop): Notes[number] {
  const none = hop.agentKeys === null
    ? "no keys"
    : "none of the keys that IdentityFile and IdentitiesOnly allow";
  return {
    detail: `the agent has ${none}`,
    hint: {
      method: "publickey",
      text: `Add a key to the agent with ssh-add, or ${keyHint(hop)}`,
    },
  };
}

export function agentErrorNote(hop: Hop, message: string): Notes[number] {
  const text = `Check the agent with \`ssh-add -l\`, or ${keyHint(hop)}`;
  return { detail: `agent: ${message}`, hint: { method: "publickey", text } };
}
