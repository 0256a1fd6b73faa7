import { RUN_DIRECTORY } from "./remote_layout.ts";
import type { ShellText } from "./shell_text.ts";

/**
 * Removes what was staged to the remote host. The directory is renamed first,
 * so that a half removed directory is never taken for a run. Where it does not
 * exist any more, an earlier clean was interrupted: what that left is removed.
 * `isRootOurs`: the root is this run's own and is removed; otherwise it is the
 * user's directory and only what was written there is removed.
 */
export function cleanScript(
  { isRootOurs, background }: {
    readonly isRootOurs: boolean;
    readonly background: boolean;
  },
): ShellText {
  const remove = isRootOurs
    ? "remove_old"
    : `remove_old && { rmdir "$R/${RUN_DIRECTORY}" 2>/dev/null || :; }`;
  const [directory, old] = isRootOurs
    ? ["$R", "${R%/*}/.removing.${R##*/}"]
    : ["$D", "$D.removing"];
  return `
old=${old}
# A task may have made a directory read-only: rm cannot empty it.
remove_old() {
  rm -rf "$old."* 2>/dev/null && return
  find "$old."* -type d ! -perm -700 -exec chmod u+rwx {} \\; 2>/dev/null
  rm -rf "$old."*
}
if [ -d "$D" ]; then
  has_lease || finish lease_taken
  mv "${directory}" "$old.$T" || finish failed
fi
${isRootOurs ? "" : REMOVE_COPIES}
${
    background
      ? `(${remove}) >/dev/null 2>&1 </dev/null &`
      : `{ ${remove}; } || finish failed`
  }`;
}

/** Another run in this directory may use the same script: its copy stays. */
const REMOVE_COPIES: ShellText =
  `[ ! -e "$old.$T/script_copies" ] || mv "$old.$T/script_copies" "$old.$T/script_copies.removing"
[ ! -e "$old.$T/script_copies.removing" ] || while IFS= read -r name; do
  cat "$R"/${RUN_DIRECTORY}/*/script_copies 2>/dev/null | grep -qxF "$name" || rm -f "$R/$name"
done <"$old.$T/script_copies.removing"`;
