/** This machine as a {@linkcode Shell}. */
import { spawnScript } from "./child.ts";
import { LOADER, type Shell } from "./shell.ts";

/** `openFiles`: the soft limit that scripts get back, because Deno raises its own. */
export function localShell(openFiles: number | null): Shell {
  const limit = openFiles === null
    ? ""
    : `ulimit -Sn ${openFiles} 2>/dev/null; `;
  return {
    local: true,
    open: (script, io) =>
      Promise.resolve(spawnScript("sh", ["-c", limit + LOADER], script, io)),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
