/** This machine and its `ssh`, for whoever looks up settings. */
import { userInfo } from "node:os";
import type { Environment } from "../../../environment/environment.ts";
import type { Answer, SshLookup } from "./mod.ts";

export function localSsh(
  { files, host, env }: Pick<Environment, "files" | "host" | "env">,
): SshLookup {
  const { username, uid, homedir } = userInfo();
  return {
    files,
    here: { home: homedir, user: username, uid, host, env },
    run,
  };
}

async function run(
  [program, ...args]: readonly string[],
): Promise<Answer | null> {
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
