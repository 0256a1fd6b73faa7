/** Reads the text of a secret, at the moment when it is needed and not before. */
import { fail, ok, type Result } from "../text/result.ts";
import { plainText, type Secret, secretPath } from "../schema/secret.ts";
import { decodeName, isBytesName } from "../text/bytes_name.ts";
import type { Environment } from "../environment/environment.ts";
import { outputWithin } from "./output_within.ts";
import { restoreLimits } from "./restore_limits.ts";

const MAX_BYTES = 2 ** 20;

/** How long the command of a secret may take (s): it may ask the user to unlock a password store. */
const LIMIT_S = 300;

/**
 * Null where no secret is given. Fails where the reference cannot be resolved;
 * no message contains the text itself. One newline at the end of a file or of
 * the output of a command is removed.
 */
export async function resolveSecret(
  field: string,
  secret: Secret | null,
  environment: Environment,
): Promise<Result<string | null>> {
  if (secret === null) return ok(null);
  switch (secret.from) {
    case "text":
      return ok(plainText(secret));
    case "env": {
      const text = environment.env(secret.name);
      if (text === undefined) {
        return failed(field, `the environment has no variable ${secret.name}`);
      }
      return isBytesName(text)
        ? failed(field, `the value of ${secret.name} is not UTF-8`)
        : ok(text);
    }
    case "file": {
      const { files, cwd, env } = environment;
      const path = secretPath(secret.path, cwd, env("HOME"));
      const bytes = files.read(path, MAX_BYTES);
      if (bytes !== null) {
        return textOf(bytes, field, `the content of ${secret.path}`);
      }
      return failed(
        field,
        files.stat(path) !== null
          ? `${secret.path} is not a readable file of at most 1 MiB`
          : `there is no readable file ${secret.path}`,
      );
    }
    case "cmd":
      return await outputOf(
        restoreLimits(environment.softLimits) + secret.command,
        field,
        environment,
      );
  }
}

/** The stdin and stderr of the command are the terminal's, so that it can prompt the user and show its errors. */
async function outputOf(
  command: string,
  field: string,
  environment: Pick<Environment, "clock">,
): Promise<Result<string>> {
  const output = await outputWithin(LIMIT_S, "sh", {
    args: ["-c", command],
    stdin: "inherit",
    stderr: "inherit",
  }, environment);
  if (output === null) {
    return failed(field, `its command has not ended within ${LIMIT_S} s`);
  }
  const { code, stdout } = output;
  return code === 0
    ? textOf(stdout, field, "the output of its command")
    : failed(field, `its command ended with exit code ${code}`);
}

function textOf(
  bytes: Uint8Array,
  field: string,
  what: string,
): Result<string> {
  const text = decodeName(bytes).replace(/^\ufeff/, "").replace(/\r?\n$/, "");
  return isBytesName(text) ? failed(field, `${what} is not UTF-8`) : ok(text);
}

function failed(field: string, detail: string): Result<never> {
  return fail({
    kind: "input",
    summary: `Cannot read the secret ${field}`,
    detail,
    isRetryable: false,
  });
}
