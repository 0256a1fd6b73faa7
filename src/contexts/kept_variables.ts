/** Jobs of this machine get the environment variables of the command that submits them, also those whose names the scripts use. */
import { quote } from "../script/quote.ts";

/** Names that scripts use for their own variables, or unset: lower case, single letters, and what changes how a shell reads a script. */
const USED = /^(?:[a-z][a-z0-9_]*|_[a-z0-9_]+|[A-Z]|CDPATH|ENV|BASH_ENV)$/;

/** The text is one variable, which may have 128 KiB (MAX_ARG_STRLEN of Linux). */
const MAX_LENGTH = 64 * 1024;

/**
 * DPDISP_ENVIRONMENT, shell text that exports the variables again; they are not on a
 * command line, because other users can read that. Variables of improbable length are left out.
 */
export function keptVariables(
  variables: Readonly<Record<string, string>>,
): Readonly<Record<"DPDISP_ENVIRONMENT", string>> {
  const lines = Object.entries(variables)
    .filter(([name]) => USED.test(name))
    .map(([name, value]) => `export ${name}=${quote(value)}`);
  const short = lines.filter(({ length }) => length < MAX_LENGTH / 8)
    .join("\n");
  return { DPDISP_ENVIRONMENT: short.length > MAX_LENGTH ? "" : short };
}
