/** Written by scripts/gen.ts from the files of this directory; do not edit. */
import { lazyLocal, local } from "./local/mod.ts";
import { ssh } from "./ssh/mod.ts";

export const contexts = [lazyLocal, local, ssh] as const;
