/** The text of a secret, at the moment when it is needed and not before. */
import { fail, ok, type Result } from "../result.ts";
import { plainText, type Secret } from "../schema/secret.ts";
import { resolve } from "../text/path.ts";
import type { World } from "../world.ts";
import { restoreLimits } from "./limits.ts";

/**
 * Null where no secret is given. Fails where the reference leads nowhere; the
 * text itself is in no message. One newline at the end of a file or of what a
 * command prints does not count.
 */
export async function secretText(
  field: string,
  secret: Secret | null,
  world: World,
): Promise<Result<string | null>> {
  if (secret === null) return ok(null);
  switch (secret.from) {
    case "text":
      return ok(plainText(secret));
    case "env": {
      const text = world.env(secret.name);
      return text === undefined
        ? lost(field, `the environment has no variable ${secret.name}`)
        : ok(text);
    }
    case "file": {
      const bytes = world.files.read(pathOf(secret.path, world));
      return bytes === null
        ? lost(field, `there is no readable file ${secret.path}`)
        : ok(textOf(bytes));
    }
    case "cmd":
      return await saidBy(
        restoreLimits(world.softLimits) + secret.command,
        field,
      );
  }
}

function pathOf(path: string, { env, cwd }: World): string {
  return resolve(cwd, path.replace(/^~(?=\/)/, env("HOME") ?? "~"));
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
    ? ok(textOf(stdout))
    : lost(field, `its command ended with exit code ${code}`);
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes).replace(/\r?\n$/, "");
}

function lost(field: string, saw: string): Result<never> {
  return fail({
    kind: "input",
    tried: `Cannot read the secret ${field}`,
    saw,
    again: false,
  });
}
