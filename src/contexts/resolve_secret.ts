/** The text of a secret, at the moment when it is needed and not before. */
import { fail, ok, type Result } from "../text/result.ts";
import { plainText, type Secret, secretPath } from "../schema/secret.ts";
import { decodeName, isBytesName } from "../text/bytes_name.ts";
import type { Environment } from "../environment/environment.ts";
import { restoreLimits } from "./restore_limits.ts";

const MOST_SECRET = 2 ** 20;

/**
 * Null where no secret is given. Fails where the reference leads nowhere; the
 * text itself is in no message. One newline at the end of a file or of what a
 * command prints does not count.
 */
export async function secretText(
  field: string,
  secret: Secret | null,
  world: Environment,
): Promise<Result<string | null>> {
  if (secret === null) return ok(null);
  switch (secret.from) {
    case "text":
      return ok(plainText(secret));
    case "env": {
      const text = world.env(secret.name);
      if (text === undefined) {
        return lost(field, `the environment has no variable ${secret.name}`);
      }
      return isBytesName(text)
        ? lost(field, `the value of ${secret.name} is not UTF-8`)
        : ok(text);
    }
    case "file": {
      const { files, cwd, env } = world;
      const path = secretPath(secret.path, cwd, env("HOME"));
      const bytes = files.read(path, MOST_SECRET);
      if (bytes !== null) {
        return textOf(bytes, field, `the content of ${secret.path}`);
      }
      return lost(
        field,
        files.stat(path) !== null
          ? `${secret.path} is no readable file of at most 1 MiB`
          : `there is no readable file ${secret.path}`,
      );
    }
    case "cmd":
      return await saidBy(
        restoreLimits(world.softLimits) + secret.command,
        field,
      );
  }
}

/** What the command says wrong goes to the terminal, where it may also ask. */
async function saidBy(
  command: string,
  field: string,
): Promise<Result<string>> {
  const { code, stdout } = await new Deno.Command("sh", {
    args: ["-c", command],
    stdin: "inherit",
    stderr: "inherit",
  }).output();
  return code === 0
    ? textOf(stdout, field, "what its command prints")
    : lost(field, `its command ended with exit code ${code}`);
}

function textOf(
  bytes: Uint8Array,
  field: string,
  what: string,
): Result<string> {
  const text = decodeName(bytes).replace(/^\ufeff/, "").replace(/\r?\n$/, "");
  return isBytesName(text) ? lost(field, `${what} is not UTF-8`) : ok(text);
}

function lost(field: string, saw: string): Result<never> {
  return fail({
    kind: "input",
    summary: `Cannot read the secret ${field}`,
    detail: saw,
    isRetryable: false,
  });
}
