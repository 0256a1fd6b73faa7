/** Answers what a host asks while one logs in. */
import type { World } from "../../world.ts";
import type { Hop } from "./hop.ts";
import type { Codes } from "./one_time.ts";

/** What a host asks at once, as RFC 4256 has it. */
export interface Questions {
  readonly name: string;
  readonly instructions: string;
  readonly prompts: readonly {
    readonly prompt: string;
    readonly echo?: boolean;
  }[];
}

export type Answer = (questions: Questions) => Promise<string[]>;

/** How one question is meant, by its own words. */
export function meaningOf(prompt: string): "code" | "password" | "other" {
  if (
    /verification|one.?time|token|otp|passcode|authenticat|2fa|two.?factor|second factor|\bcode\b/i
      .test(prompt)
  ) return "code";
  return /password|passwort|mot de passe|密码/i.test(prompt)
    ? "password"
    : "other";
}

/**
 * Answers from the script's secrets where the question is for one of them,
 * once each; else whoever sits at the terminal is asked. With nobody there the
 * answer is empty and `notes` has the question.
 */
export function answerer(
  hop: Hop,
  codes: Codes | null,
  { screen }: Pick<World, "screen">,
  notes: string[],
): Answer {
  const given = { password: false };
  const answer = async (prompt: string, echo: boolean): Promise<string> => {
    const meaning = meaningOf(prompt);
    if (meaning === "code" && codes) return await codes.next();
    const { password } = hop.secrets;
    if (meaning === "password" && password !== null && !given.password) {
      given.password = true;
      return password;
    }
    const typed = await screen.ask(`(${hop.name}) ${prompt}`, {
      hidden: !echo,
    });
    if (typed === null) notes.push(`the host asks "${prompt.trim()}"`);
    return typed ?? "";
  };
  return async ({ name, instructions, prompts }) => {
    const heading = [name, instructions].map((text) => text.trim());
    if (prompts.some(({ prompt }) => meaningOf(prompt) === "other")) {
      screen.err(heading.filter(Boolean).map((line) => `${line}\n`).join(""));
    }
    const answers: string[] = [];
    for (const { prompt, echo } of prompts) {
      answers.push(await answer(prompt, echo === true));
    }
    return answers;
  };
}
