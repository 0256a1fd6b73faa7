/** The ways to log in that there are for a host, in the order of trying. */
import type { AnyAuthMethod } from "./ssh2.ts";
import type { World } from "../../world.ts";
import type { Hop } from "./hop.ts";
import { readKey } from "./key_file.ts";
import type { Answer } from "./prompts.ts";

/** One attempt. `method` is what the host calls it; `shown` names it in a failure. */
export interface Way {
  readonly method: "publickey" | "keyboard-interactive" | "password";
  readonly shown: string;
  begin(): Promise<AnyAuthMethod | null>;
}

/** What was in the way of trying something; part of the failure if nothing else helps. */
export type Notes = string[];

/** Prompts that are answered before giving up: a mistyped answer, or a code that was too old. */
const PROMPT_ROUNDS = 3;

/** Keys first, as ssh does; what has to be typed last. */
export function waysFor(
  hop: Hop,
  world: World,
  answer: Answer,
  notes: Notes,
): readonly Way[] {
  const { user: username, agent, namedKey, keyFiles, secrets } = hop;
  const key = (path: string, named: boolean): Way => ({
    method: "publickey",
    shown: `key ${path}`,
    async begin() {
      const key = await readKey(path, named, hop, world, notes);
      return key && { type: "publickey", username, key };
    },
  });
  const agentKeys: Way = {
    method: "publickey",
    shown: "keys of the agent",
    begin: () =>
      Promise.resolve(agent && { type: "agent", username, agent } || null),
  };
  const prompts: Way = {
    method: "keyboard-interactive",
    shown: "answers to the host's questions",
    begin: () =>
      Promise.resolve({
        type: "keyboard-interactive",
        username,
        prompt: (name, instructions, _language, prompts, finish) => {
          answer({ name, instructions, prompts }).then(finish);
        },
      }),
  };
  const password: Way = {
    method: "password",
    shown: "the password",
    async begin() {
      const password = secrets.password ??
        await world.screen.ask(`Password of ${username} on ${hop.name}: `, {
          hidden: true,
        });
      return password === null
        ? null
        : { type: "password", username, password };
    },
  };
  return [
    ...namedKey === null ? [] : [key(namedKey, true)],
    ...agent === null ? [] : [agentKeys],
    ...keyFiles.filter((path) => path !== namedKey).map((path) =>
      key(path, false)
    ),
    ...Array.from({ length: PROMPT_ROUNDS }, () => prompts),
    password,
  ];
}
