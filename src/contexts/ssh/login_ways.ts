/** The ways to log in that there are for a host, in the order of trying. */
import type { Attempt } from "./ssh2.ts";
import type { World } from "../../world.ts";
import { agentFor } from "./agent.ts";
import type { Hop } from "./hop.ts";
import { type KeyFile, readKey, unlock } from "./key_file.ts";
import { wordsOfFault } from "./login_failures.ts";
import type { Answers } from "./prompts.ts";

/** One attempt. `method` is what the host calls it; `shown` names it in a failure. */
export interface Way {
  readonly method: "publickey" | "keyboard-interactive" | "password";
  readonly shown: string;
  /** Somebody may be asked: not before the host says that it takes such a thing. */
  readonly asks: boolean;
  begin(): Promise<Attempt | null>;
}

/** What was in the way of trying something; part of the failure if nothing else helps. */
export type Notes = string[];

/** Rounds of answers before giving up: one may be mistyped, a code too old. ssh_config(5), NumberOfPasswordPrompts. */
const ROUNDS = 3;

/** Keys first, as ssh does; what has to be typed last. */
export function waysFor(
  hop: Hop,
  world: World,
  answers: Answers,
  notes: Notes,
): readonly Way[] {
  const { agent, namedKey, keyFiles } = hop;
  const others = keyFiles.filter((path) => path !== namedKey);
  const named = namedKey === null ? null : keyWays(namedKey, hop, world, notes);
  const found = others.map((path) => keyWays(path, hop, world, notes));
  return [
    ...named ? [named.asItIs] : [],
    ...agent === null ? [] : [agentWay(agent, hop, world)],
    ...found.map(({ asItIs }) => asItIs),
    ...named ? [named.unlocked] : [],
    ...found.map(({ unlocked }) => unlocked),
    ...Array<Way>(ROUNDS).fill(promptsWay(hop, answers, notes)),
    ...passwordWays(hop, world),
  ];
}

/** First as far as the key can be read without asking; the agent may have it open. */
function keyWays(
  path: string,
  { user: username, namedKey, secrets }: Hop,
  world: World,
  notes: Notes,
): Readonly<Record<"asItIs" | "unlocked", Way>> {
  const seen = { isLocked: false };
  const attempt = (file: KeyFile): Attempt | null => {
    if (file.is === "open") {
      return { type: "publickey", username, key: file.key };
    }
    if (file.is !== "absent") notes.push(`key ${path}: ${file.saw}`);
    else if (path === namedKey) {
      notes.push(`key ${path}: there is no such readable file`);
    }
    return null;
  };
  const way = { method: "publickey", shown: `key ${path}` } as const;
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

function agentWay(socket: string, hop: Hop, world: World): Way {
  const { user: username } = hop;
  return {
    method: "publickey",
    shown: "keys of the agent",
    asks: false,
    begin: () =>
      Promise.resolve({
        type: "agent",
        username,
        agent: agentFor(socket, hop, world),
      }),
  };
}

function promptsWay(
  { user: username }: Hop,
  answers: Answers,
  notes: Notes,
): Way {
  return {
    method: "keyboard-interactive",
    shown: "answers to the host's questions",
    asks: true,
    begin: () =>
      Promise.resolve(
        answers.isOver() ? null : {
          type: "keyboard-interactive",
          username,
          prompt(name, instructions, _language, prompts, finish) {
            answers.give({ name, instructions, prompts }).then(
              finish,
              (fault) => {
                notes.push(wordsOfFault(fault));
                // As many as were asked for: wrong ones are refused.
                finish(prompts.map(() => ""));
              },
            );
          },
        },
      ),
  };
}

/** The one that is given, else what is typed, until nobody types. */
function passwordWays(
  { user: username, name, secrets }: Hop,
  { screen }: Pick<World, "screen">,
): readonly Way[] {
  const seen = { isOver: false };
  const question = `Password of ${username} on ${name}: `;
  const typed: Way = {
    method: "password",
    shown: "the password",
    asks: true,
    async begin() {
      const password = seen.isOver
        ? null
        : await screen.ask(question, { hidden: true });
      seen.isOver = password === null;
      return password === null
        ? null
        : { type: "password", username, password };
    },
  };
  const { password } = secrets;
  if (password === null) return Array<Way>(ROUNDS).fill(typed);
  const given = { type: "password", username, password } as const;
  return [{ ...typed, asks: false, begin: () => Promise.resolve(given) }];
}
