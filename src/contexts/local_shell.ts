/** This machine as a {@linkcode Shell}. */
import type { SoftLimits } from "../world.ts";
import { spawnScript } from "./child.ts";
import { restoreLimits } from "./limits.ts";
import { LOADER, type Shell } from "./shell.ts";

/** `limits`: what scripts get back; null: they have what dpdisp has. */
export function localShell(limits: SoftLimits | null): Shell {
  const start = (limits === null ? "" : restoreLimits(limits)) + LOADER;
  return {
    local: true,
    open: (script, io) =>
      Promise.resolve(spawnScript("sh", ["-c", start], script, io)),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
