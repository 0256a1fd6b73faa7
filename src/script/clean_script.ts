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
    ? "vanish"
    : `vanish && { rmdir "$R/${RUN_DIRECTORY}" 2>/dev/null || :; }`;
  const [folder, gone] = whole
    ? ["$R", "${R%/*}/.gone.${R##*/}"]
    : ["$D", "$D.gone"];
  return `
gone=${gone}
# A task may have closed a folder that it made: rm cannot empty it.
vanish() {
  rm -rf "$gone."* 2>/dev/null && return
  find "$gone."* -type d ! -perm -700 -exec chmod u+rwx {} \\; 2>/dev/null
  rm -rf "$gone."*
}
if [ -d "$D" ]; then
  mine || leave held
  mv "${folder}" "$gone.$T" || leave failed
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
  `[ ! -e "$gone.$T/wrote" ] || mv "$gone.$T/wrote" "$gone.$T/written"
[ ! -e "$gone.$T/written" ] || while IFS= read -r name; do
  cat "$R"/${RUN_DIRECTORY}/*/wrote 2>/dev/null | grep -qxF "$name" || rm -f "$R/$name"
done <"$gone.$T/written"`;
