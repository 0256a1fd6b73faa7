import type { Environment } from "../../../environment/environment.ts";
import type { Hop } from "../hop.ts";
import { type Notes, PASSWORD, passwordAdvice } from "./hints.ts";
import { wordsOfFault } from "./failures.ts";
import { agentMethod, keyMethods } from "./key_methods.ts";
import type { Answers } from "./prompts.ts";
import type { AuthMethod, Method } from "./auth_method.ts";

/** Keys first, as ssh does, and what has to be typed last, unless the settings of the host have another order. */
export function authMethodsFor(
  hop: Hop,
  world: Environment,
  answers: Answers,
  notes: Notes,
): readonly AuthMethod[] {
  const { agent, namedKey, keyFiles, policy } = hop;
  const { methods, rounds, isBatch } = policy;
  const others = keyFiles.filter((path) => path !== namedKey);
  const named = namedKey === null
    ? null
    : keyMethods(namedKey, hop, world, notes);
  const found = others.map((path) => keyMethods(path, hop, world, notes));
  const ways = [
    ...named ? [named.asItIs] : [],
    ...agent === null ? [] : [agentMethod(agent, hop, world, notes)],
    ...found.map(({ asItIs }) => asItIs),
    ...named ? [named.unlocked] : [],
    ...found.map(({ unlocked }) => unlocked),
    ...Array<AuthMethod>(rounds).fill(promptsWay(hop, answers, notes)),
    ...passwordWays(hop, world, notes),
  ];
  notes.push(...forbidden(hop));
  return methods.flatMap((method) =>
    ways.filter((way) => way.method === method && !(isBatch && way.asks))
  );
}

/** What the script has for a method that the settings of the host forbid. */
function forbidden({ name, secrets, namedKey, policy }: Hop): Notes {
  const given: readonly (readonly [Method, boolean])[] = [
    ["publickey", namedKey !== null],
    ["keyboard-interactive", secrets.totp !== null],
    ["password", secrets.password !== null],
  ];
  const lost = given.filter(([method, isGiven]) =>
    isGiven && !policy.methods.includes(method)
  ).map(([method]) => method);
  return lost.length === 0 ? [] : [{
    saw: `~/.ssh/config does not allow ${
      lost.join(", ")
    } for ${name} (\`ssh -G\` shows what it allows)`,
  }];
}

function promptsWay(
  { user: username }: Hop,
  answers: Answers,
  notes: Notes,
): AuthMethod {
  return {
    method: "keyboard-interactive",
    shown: () => "answers to the host's questions",
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
                notes.push({ saw: wordsOfFault(fault) });
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
  hop: Hop,
  { terminal }: Pick<Environment, "terminal">,
  notes: Notes,
): readonly AuthMethod[] {
  const { user: username, name, secrets } = hop;
  const mend = { by: "password", advice: passwordAdvice(hop) } as const;
  const seen = { isOver: false };
  const question = `Password of ${username} on ${name}: `;
  const typed: AuthMethod = {
    method: "password",
    shown: () => PASSWORD,
    asks: true,
    async begin() {
      if (seen.isOver) return null;
      const password = await terminal.ask(question, { hidden: true });
      if (password !== null) return { type: "password", username, password };
      seen.isOver = true;
      notes.push({
        saw: "it takes a password, and nobody is there to type it",
        mend,
      });
      return null;
    },
  };
  const { password } = secrets;
  if (password === null) {
    return Array<AuthMethod>(hop.policy.rounds).fill(typed);
  }
  const given = { type: "password", username, password } as const;
  return [{ ...typed, begin: () => Promise.resolve(given) }];
}
