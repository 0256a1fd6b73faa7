import { ok } from "../result.ts";
import type { Context } from "./context.ts";
import { localShell } from "./local_shell.ts";

/** This machine, in the user's own folder: nothing is copied. */
export const lazyLocal: Context = {
  name: "LazyLocalContext",
  staging: () => "in place",
  compress: () => false,
  open: (_machine, { softLimits }) =>
    Promise.resolve(ok(localShell(softLimits))),
};
