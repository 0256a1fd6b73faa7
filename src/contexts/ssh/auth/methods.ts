import type { Environment } from "../../../environment/environment.ts";
import type { Hop } from "../hop.ts";
import { promptName } from "../hop.ts";
import { type Notes, PASSWORD, passwordHint } from "./hints.ts";
import { messageOf } from "./failures.ts";
import { agentMethod, keyMethods } from "./key_methods.ts";
import type { Answers } from "./prompts.ts";
import type { AuthMethod, Method } from "./auth_method.ts";

/** Keys come first, as in ssh, and prompts last, unless PreferredAuthentications has another order. */
export function authMethodsFor(
  hop: Hop,
  environment: Environment,
  answers: Answers,
  notes: Notes,
): readonly AuthMethod[] {
  const { agent, namedKey, keyFiles, policy } = hop;
  const { methods, rounds, isBatch } = policy;
  const otherFiles = keyFiles.filter((path) => path !== namedKey);
  const named = namedKey === null
    ? null
    : keyMethods(namedKey, hop, environment, notes);
  const others = otherFiles.map((path) =>
    keyMethods(path, hop, environment, notes)
  );
  const all = [
    ...named ? [named.withoutPrompt] : [],
    ...agent === null ? [] : [agentMethod(agent, hop, environment, notes)],
    ...others.map(({ withoutPrompt }) => withoutPrompt),
    ...named ? [named.withPrompt] : [],
    ...others.map(({ withPrompt }) => withPrompt),
    ...Array<AuthMethod>(rounds).fill(
      keyboardInteractiveMethod(hop, answers, notes),
    ),
    ...passwordMethods(hop, environment, notes),
  ];
  notes.push(...forbiddenNotes(hop));
  return methods.flatMap((method) =>
    all.filter((each) =>
      each.method === method && !(isBatch && each.isInteractive)
    )
  );
}

/** Credentials of the script for a method that ~/.ssh/config forbids. */
function forbiddenNotes({ name, secrets, namedKey, policy }: Hop): Notes {
  const given: readonly (readonly [Method, boolean])[] = [
    ["publickey", namedKey !== null],
    ["keyboard-interactive", secrets.totp !== null],
    ["password", secrets.password !== null],
  ];
  const forbidden = given.filter(([method, isGiven]) =>
    isGiven && !policy.methods.includes(method)
  ).map(([method]) => method);
  return forbidden.length === 0 ? [] : [{
    detail: `~/.ssh/config does not allow ${
      forbidden.join(", ")
    } for ${name} (\`ssh -G\` shows what it allows)`,
  }];
}

function keyboardInteractiveMethod(
  { user: username }: Hop,
  answers: Answers,
  notes: Notes,
): AuthMethod {
  return {
    method: "keyboard-interactive",
    label: () => "answers to keyboard-interactive prompts",
    isInteractive: true,
    begin: () =>
      Promise.resolve(
        answers.isUnanswered() ? null : {
          type: "keyboard-interactive",
          username,
          prompt(name, instructions, _language, prompts, finish) {
            answers.answer({ name, instructions, prompts }).then(
              finish,
              (error) => {
                notes.push({ detail: messageOf(error) });
                // ssh2 needs one answer for each prompt; the host rejects empty ones.
                finish(prompts.map(() => ""));
              },
            );
          },
        },
      ),
  };
}

/** The password of the script, or else a prompt for each round, until the user gives up. */
function passwordMethods(
  hop: Hop,
  { terminal }: Pick<Environment, "terminal">,
  notes: Notes,
): readonly AuthMethod[] {
  const { user: username, secrets } = hop;
  const hint = { method: "password", text: passwordHint(hop) } as const;
  const state = { isCancelled: false };
  const question = `${promptName(hop)}'s password: `;
  const prompt: AuthMethod = {
    method: "password",
    label: () => PASSWORD,
    isInteractive: true,
    async begin() {
      if (state.isCancelled) return null;
      const password = await terminal.ask(question, { hidden: true });
      if (password !== null) return { type: "password", username, password };
      state.isCancelled = true;
      notes.push({
        detail: "the host asks for a password, and none was typed",
        hint,
      });
      return null;
    },
  };
  const { password } = secrets;
  if (password === null) {
    return Array<AuthMethod>(hop.policy.rounds).fill(prompt);
  }
  const attempt = { type: "password", username, password } as const;
  return [{ ...prompt, begin: () => Promise.resolve(attempt) }];
}
