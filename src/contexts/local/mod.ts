import { ok } from "../../text/result.ts";
import type { Context } from "../context.ts";
import type { SoftLimits } from "../../environment/environment.ts";
import { keptVariables } from "../kept_variables.ts";
import { restoreLimits } from "../restore_limits.ts";
import { LOADER, type Shell } from "../shell.ts";
import { spawnScript } from "../child_process.ts";

/** Runs on the local host in the user's own directory: nothing is copied. */
export const lazyLocal: Context = {
  name: "LazyLocalContext",
  canCompress: () => false,
  open: (_machine, { softLimits }) =>
    Promise.resolve(ok(localShell(softLimits))),
};

/** `limits` are restored for the scripts; null where they keep those of dpdisp. */
export function localShell(limits: SoftLimits | null): Shell {
  const start = (limits === null ? "" : restoreLimits(limits)) + LOADER;
  const env = keptVariables(Deno.env.toObject());
  return {
    local: true,
    open: (script, io) =>
      Promise.resolve(spawnScript("sh", ["-c", start], script, { ...io, env })),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** Runs on the local host in a remote directory of the run's own below `remote_root`. */
export const local: Context = { ...lazyLocal, name: "LocalContext" };
