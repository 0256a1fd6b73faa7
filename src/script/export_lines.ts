/** The user's environment variables as shell lines. */
import type { EnvValue } from "../model/config.ts";
import { quote } from "./quote.ts";
import { doubleQuoted, isOneWord } from "./shell_syntax.ts";

/**
 * `export NAME=VALUE` lines, in order. The value is shell text, expanded where
 * and when the job runs: unchanged if bash reads it as one word, else all of it
 * in double quotes. Where bash could read it to its end in neither way, it is
 * quoted literally.
 */
export function exportLines(
  envs: readonly (readonly [name: string, value: EnvValue])[],
): readonly string[] {
  return envs.map(([name, value]) => `export ${name}=${valueWord(value)}`);
}

function valueWord(value: EnvValue): string {
  return isOneWord(value) ? value : doubleQuoted(value) ?? quote(value);
}
