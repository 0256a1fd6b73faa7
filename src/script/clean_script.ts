import { RUN_DIRECTORY } from "./remote_layout.ts";
import type { ShellText } from "./shell_text.ts";

/**
 * Removes what was put on the far side. The folder is renamed first, so that
 * nobody takes half of it for a run. Where it is gone already, whoever asked
 * before was not heard to the end: what that left is removed. `whole`: the
 * root is this submission's own; otherwise it is the user's folder and only
 * what was written there goes.
 */
export function cleanScript(
  { whole, background }: {
    readonly whole: boolean;
    readonly background: boolean;
  },
): ShellText {
  const remove = whole
    ? 'rm -rf "$old."*'
    : `rm -rf "$old."* && { rmdir "$R/${RUN_DIRECTORY}" 2>/dev/null || :; }`;
  const [folder, gone] = whole
    ? ["$R", "${R%/*}/.removing.${R##*/}"]
    : ["$D", "$D.removing"];
  return `
old=${gone}
if [ -d "$D" ]; then
  mine || leave lease_taken
  mv "${folder}" "$old.$T" || leave failed
fi
${whole ? "" : REMOVE_COPIES}
${
    background
      ? `(${remove}) >/dev/null 2>&1 </dev/null &`
      : `{ ${remove}; } || leave failed`
  }`;
}

/** Another submission of this folder may run the same script: its copy stays. */
const REMOVE_COPIES: ShellText =
  `[ ! -e "$old.$T/script_copies" ] || mv "$old.$T/script_copies" "$old.$T/script_copies.removing"
[ ! -e "$old.$T/script_copies.removing" ] || while IFS= read -r name; do
  cat "$R"/${RUN_DIRECTORY}/*/script_copies 2>/dev/null | grep -qxF "$name" || rm -f "$R/$name"
done <"$old.$T/script_copies.removing"`;
