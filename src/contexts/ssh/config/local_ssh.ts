/** The lookup of SSH settings with the `ssh` of the local host. */
import { userInfo } from "node:os";
import type { Environment } from "../../../environment/environment.ts";
import { outputWithin } from "../../output_within.ts";
import type { CommandOutput, SshLookup } from "./mod.ts";

export function localSsh(
  { files, host, env, clock }: Pick<
    Environment,
    "files" | "host" | "env" | "clock"
  >,
): SshLookup {
  const { username, uid, homedir } = userInfo();
  return {
    files,
    localUser: { home: homedir, user: username, uid, host, env },
    run: (command) => run(command, { clock }),
  };
}

/** How long `ssh -G` may take (s): it runs the commands of `Match exec`. */
const LIMIT_S = 30;

async function run(
  [program, ...args]: readonly string[],
  environment: Pick<Environment, "clock">,
): Promise<CommandOutput | null> {
  try {
    const output = await outputWithin(
      LIMIT_S,
      program!,
      { args, stdin: "null" },
      environment,
    );
    if (output === null) {
      const stderr =
        `no answer within ${LIMIT_S} s; a command of \`Match exec\` may hang`;
      return { code: 1, stdout: "", stderr };
    }
    const { code, stdout, stderr } = output;
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    return { code, stdout: text(stdout), stderr: text(stderr) };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}
