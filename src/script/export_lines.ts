/** The user's environment variables as shell lines. */
import type { EnvValue } from "../model/config.ts";
import { quote } from "./quote.ts";
import { doubleQuoted, isOneWord } from "./shell_syntax.ts";

/**
 * `export NAME=VALUE` lines, in order. The value is shell text, expanded where
 * and when the job runs: as it stands if bash reads it as one word, else whole
 * in double quotes. What bash could not read to its end in either way is
 * literal.
 */
export function exportLines(
  envs: readonly (readonly [name: string, value: EnvValue])[],
): readonly string[] {
  return envs.map(([name, value]) => `export ${name}=${valueWord(value)}`);
}

function valueWord(value: EnvValue): string {
  return isOneWord(value) ? value : doubleQuoted(value) ?? quote(value);
}
