/** Written by scripts/gen.ts from the files of this folder; do not edit. */
import { lazyLocal } from "./lazy_local.ts";
import { local } from "./local.ts";
import { ssh } from "./ssh.ts";

export const contexts = [lazyLocal, local, ssh] as const;
