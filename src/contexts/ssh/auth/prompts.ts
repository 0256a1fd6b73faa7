/** Answers what a host asks while one logs in. */
import type { Environment } from "../../../environment/environment.ts";
import type { Hop } from "../hop.ts";
import { codeAdvice, type Notes, passwordAdvice } from "./hints.ts";
import type { Codes } from "./totp.ts";

/** What a host asks at once, as RFC 4256 has it. */
export interface Questions {
  readonly name: string;
  readonly instructions: string;
  readonly prompts: readonly {
    readonly prompt: string;
    readonly echo?: boolean;
  }[];
}

export interface Answers {
  give(questions: Questions): Promise<string[]>;
  /** Something was asked that nobody is there to answer. */
  isOver(): boolean;
}

/** How one question is meant, by its own words. */
export function meaningOf(prompt: string): "code" | "password" | "other" {
  if (/verification|one.?time|otp\b|passcode/i.test(prompt)) return "code";
  // Whoever is asked may be called "token" or "authenticator" beside it.
  if (/password|passwort|mot de passe|密码/i.test(prompt)) return "password";
  return /token|authenticat|2fa|two.?factor|second factor|\bcode\b/i
      .test(prompt)
    ? "code"
    : "other";
}

/** A code may be too old when it arrives, or used by somebody else; a second one that is refused comes from a wrong secret. */
const MOST_CODES = 2;

/**
 * Answers from the script's secrets where the question is for one of them; a
 * password again only where a code came between, which may have been what was
 * wrong. Else whoever sits at the terminal is asked. With nobody there the
 * answer is empty and `notes` has the question.
 */
export function answersTo(
  hop: Hop,
  codes: Codes | null,
  { terminal }: Pick<Environment, "terminal">,
  notes: Notes,
): Answers {
  const given = { passwords: 0, codes: 0, isOver: false };
  const known = async (prompt: string): Promise<string | null> => {
    const meaning = meaningOf(prompt);
    const { password } = hop.secrets;
    if (meaning === "code" && codes && given.codes < MOST_CODES) {
      given.codes++;
      return await codes.next();
    }
    if (meaning !== "password" || given.passwords > given.codes) return null;
    given.passwords++;
    return password;
  };
  const advise = (prompt: string): string => {
    const meaning = meaningOf(prompt);
    if (meaning === "code") return codeAdvice(hop, given.passwords > 0);
    return meaning === "password"
      ? passwordAdvice(hop)
      : "Run in a terminal: no field of remote_profile answers that";
  };
  const type = async (prompt: string, echo: boolean): Promise<string> => {
    const typed = await terminal.ask(`(${hop.name}) ${prompt}`, {
      hidden: !echo,
    });
    if (typed !== null) return typed;
    given.isOver = true;
    notes.push({
      saw: `it asks "${prompt.trim()}", and nobody is there to answer`,
      mend: { by: "keyboard-interactive", advice: advise(prompt) },
    });
    return "";
  };
  return {
    isOver: () => given.isOver,
    async give({ name, instructions, prompts }) {
      const answers: string[] = [];
      const heading = { isTold: false };
      for (const { prompt, echo } of prompts) {
        const answer = await known(prompt);
        if (answer === null && !heading.isTold) {
          terminal.err(headingOf(name, instructions));
          heading.isTold = true;
        }
        answers.push(answer ?? await type(prompt, echo === true));
      }
      return answers;
    },
  };
}

function headingOf(...lines: readonly string[]): string {
  return lines.map((line) => line.trim()).filter(Boolean)
    .map((line) => `${line}\n`).join("");
}
