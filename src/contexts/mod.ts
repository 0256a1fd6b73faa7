/** Written by scripts/gen.ts from the files of this directory; do not edit. */

export const contexts = [] as const;
