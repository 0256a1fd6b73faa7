/** Written by scripts/gen.ts from the files of this folder; do not edit. */
import { shell } from "./shell.ts";

export const schedulers = [shell] as const;
