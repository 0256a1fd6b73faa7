/** This machine and its `ssh`, for whoever looks up settings. */
import { userInfo } from "node:os";
import type { World } from "../../../environment/environment.ts";
import type { Answer, SettingsDoor } from "./mod.ts";

export function settingsDoor(
  { files, host, env }: Pick<World, "files" | "host" | "env">,
): SettingsDoor {
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
