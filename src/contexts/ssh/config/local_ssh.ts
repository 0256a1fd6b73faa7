/** The lookup of SSH settings with the `ssh` of the local host. */
import { userInfo } from "node:os";
import type { Environment } from "../../../environment/environment.ts";
import type { CommandOutput, SshLookup } from "./mod.ts";

export function localSsh(
  { files, host, env }: Pick<Environment, "files" | "host" | "env">,
): SshLookup {
  const { username, uid, homedir } = userInfo();
  return {
    files,
    localUser: { home: homedir, user: username, uid, host, env },
    run,
  };
}

async function run(
  [program, ...args]: readonly string[],
): Promise<CommandOutput | null> {
  try {
    const { code, stdout, stderr } = await new Deno.Command(program!, {
      args,
      stdin: "null",
    }).output();
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    return { code, stdout: text(stdout), stderr: text(stderr) };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}
