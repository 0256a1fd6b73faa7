import type { ShellText } from "../schedulers/scheduler.ts";
import { FOLDER } from "./layout.ts";

/**
 * Removes what was put on the far side. The folder is renamed first, so that
 * nobody takes half of it for a run. `whole`: the root is this submission's
 * own; otherwise it is the user's folder and only what was written there goes.
 */
export function cleanScript(
  { whole, background }: {
    readonly whole: boolean;
    readonly background: boolean;
  },
): ShellText {
  const remove = whole
    ? 'rm -rf "$gone"'
    : `rm -rf "$gone" && { rmdir "$R/${FOLDER}" 2>/dev/null || :; }`;
  return `
mine || leave held
${whole ? RENAME_ROOT : RENAME_OURS}
${
    background
      ? `(${remove}) >/dev/null 2>&1 </dev/null &`
      : `{ ${remove}; } || leave failed`
  }`;
}

const RENAME_ROOT: ShellText = `gone=\${R%/*}/.gone.$T
mv "$R" "$gone" || leave failed`;

/** Another submission of this folder may run the same script: its copy stays. */
const RENAME_OURS: ShellText = `gone=$D.gone.$T
mv "$D" "$gone" || leave failed
mv "$gone/wrote" "$gone/written" && while IFS= read -r name; do
  cat "$R"/${FOLDER}/*/wrote 2>/dev/null | grep -qxF "$name" || rm -f "$R/$name"
done <"$gone/written"`;

/** Gives the lease back; whoever is still submitting stops before its next job. */
export const RELEASE: ShellText = `
mine && rm -f "$D/lease" "$D/lease.$T"`;

/** Marks a run whose results were reported and whose folder stays. */
export const CLOSE: ShellText = `
mine && printf '' >"$D/closed"`;
