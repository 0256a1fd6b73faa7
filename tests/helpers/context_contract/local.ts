import type { Context } from "../../../src/contexts/context.ts";
import { configOf, type Staging, stagingMachines } from "../config.ts";
import type { OpenContext } from "./mod.ts";
import { KEY } from "../remote_dir.ts";
import { fakeEnvironment } from "../environment.ts";

/** A context of this machine, in a root of its own or (in place) in the local directory itself. */
export function localContext(
  context: Context,
  staging: Staging,
): OpenContext {
  return async (base) => {
    const { machine } = configOf({ machine: stagingMachines[staging] });
    const shell = await context.open(machine, fakeEnvironment());
    if (!shell.ok) throw new Error(shell.error.detail);
    const top = await Deno.makeTempDir();
    return {
      shell: shell.value,
      staging,
      root: staging === "in place" ? base : `${top}/remote root/${KEY}`,
      async [Symbol.asyncDispose]() {
        await shell.value[Symbol.asyncDispose]();
        await Deno.remove(top, { recursive: true });
      },
    };
  };
}
