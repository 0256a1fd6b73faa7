/** Answers keyboard-interactive prompts of a host. */
import type { Environment } from "../../../environment/environment.ts";
import { type Hop, promptName } from "../hop.ts";
import { codeHint, type Notes, passwordHint } from "./hints.ts";
import type { Codes } from "./totp.ts";

/** An information request of RFC 4256. */
export interface PromptRequest {
  readonly name: string;
  readonly instructions: string;
  readonly prompts: readonly {
    readonly prompt: string;
    readonly echo?: boolean;
  }[];
}

export interface Answers {
  answer(request: PromptRequest): Promise<string[]>;
  /** True after a prompt that neither a secret nor the user answered. */
  isUnanswered(): boolean;
}

/** What a prompt asks for, judged by its text. */
export function promptKind(prompt: string): "code" | "password" | "other" {
  if (/verification|one.?time|otp\b|passcode/i.test(prompt)) return "code";
  // The text of a password prompt may also contain "token" or "authenticate", as in the name of a realm.
  if (/password|passwort|mot de passe|密码/i.test(prompt)) return "password";
  return /token|authenticat|2fa|two.?factor|second factor|\bcode\b/i
      .test(prompt)
    ? "code"
    : "other";
}

/** One code may expire on its way or have been used already; where a second one is rejected the secret is wrong. */
const MAX_CODES = 2;

/**
 * Answers with the secrets of the script where a prompt asks for one of them;
 * with the password again only where a code was sent since, because the code
 * may have been what was wrong. Other prompts go to the user at the terminal.
 * Where there is none the answer is empty, and `notes` gets the prompt.
 */
export function promptAnswers(
  hop: Hop,
  codes: Codes | null,
  { terminal }: Pick<Environment, "terminal">,
  notes: Notes,
): Answers {
  const sent = { passwords: 0, codes: 0, isUnanswered: false };
  const secretFor = async (prompt: string): Promise<string | null> => {
    const kind = promptKind(prompt);
    const { password } = hop.secrets;
    if (kind === "code" && codes && sent.codes < MAX_CODES) {
      sent.codes++;
      return await codes.next();
    }
    if (kind !== "password" || sent.passwords > sent.codes) return null;
    sent.passwords++;
    return password;
  };
  const hintTo = (prompt: string): string => {
    const kind = promptKind(prompt);
    if (kind === "code") return codeHint(hop, sent.passwords > 0);
    return kind === "password"
      ? passwordHint(hop)
      : "Run in a terminal: no field of remote_profile answers this prompt";
  };
  const askUser = async (prompt: string, echo: boolean): Promise<string> => {
    const typed = await terminal.ask(`(${promptName(hop)}) ${prompt}`, {
      hidden: !echo,
    });
    if (typed !== null) return typed;
    sent.isUnanswered = true;
    notes.push({
      detail: `the host prompts "${prompt.trim()}", and nothing was typed`,
      hint: { method: "keyboard-interactive", text: hintTo(prompt) },
    });
    return "";
  };
  return {
    isUnanswered: () => sent.isUnanswered,
    async answer({ name, instructions, prompts }) {
      const answers: string[] = [];
      const heading = { isShown: false };
      for (const { prompt, echo } of prompts) {
        const secret = await secretFor(prompt);
        if (secret === null && !heading.isShown) {
          terminal.err(headingOf(name, instructions));
          heading.isShown = true;
        }
        answers.push(secret ?? await askUser(prompt, echo === true));
      }
      return answers;
    },
  };
}

function headingOf(...lines: readonly string[]): string {
  return lines.map((line) => line.trim()).filter(Boolean)
    .map((line) => `${line}\n`).join("");
}
