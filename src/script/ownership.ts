import { RUN_DIRECTORY } from "./remote_layout.ts";
import type { ShellText } from "./shell_text.ts";

/**
 * What must be the user's own: the root and all below it, or, where the root
 * is the user's work base, our directory in it.
 */
export type Guarded = "root" | "folder";

/**
 * `own` ends the script with a section `unsafe WHY OWNER` (`link`, `not_directory`,
 * `other_owner`, `writable_by_others`) where a directory that is there is a link or none, another
 * user's, or writable by others; the root comes first, so that nobody can
 * change what follows once it was found right. Root and .dpdisp were made
 * with the login's umask by earlier versions: ours they are closed to others
 * (`close_own`). The run's directory never was open: if it is, somebody may
 * have written into it. A file system may have owners or modes of its own
 * (root of another machine, no modes at all): a directory made just now tells.
 */
export function ownership(guarded: Guarded): ShellText {
  const mine = `"$R/${RUN_DIRECTORY}" "$D"`;
  const directories = guarded === "folder" ? mine : `"$R" ${mine}`;
  return `listed() { mode=$1 owner=$3; }
# shellcheck disable=SC2046 # the first words of a line
list() { mode='' owner=''; listed $(LC_ALL=C ls -ldn "$1" 2>/dev/null) - - -; }
is_loose() { case $1 in d????w* | d???????w*) return 0 ;; *) return 1 ;; esac; }
# judge DIRECTORY: sets unsafe where it is not ours alone.
judge() {
  list "$1"
  case $mode in d*) ;; l*) unsafe="link"; return ;; *) unsafe=not_directory; return ;; esac
  if [ "$owner" = "$me" ] && is_loose "$mode" && [ "$1" != "$D" ]; then
    [ -n "$close_own" ] || return
    chmod 700 "$1" 2>/dev/null && list "$1"
  fi
  if [ "$owner" = "$me" ] && ! is_loose "$mode"; then return; fi
  was=$mode whose=$owner
  probe=\${1%/*}/${RUN_DIRECTORY}-own.$T
  mkdir -m 700 "$probe" 2>/dev/null && list "$probe" && rmdir "$probe"
  if [ "$owner" != "$whose" ] || { [ "$owner" = "$me" ] && [ "$whose" != "$me" ]; }; then unsafe="other_owner $whose"
  elif is_loose "$was" && ! is_loose "$mode"; then unsafe="writable_by_others $whose"; fi
}
owned() {
  for directory in "$@"; do
    shift
    if [ -e "$directory" ] || [ -L "$directory" ]; then set -- "$@" "$directory"; fi
  done
  [ $# -gt 0 ] || return 0
  me=$(id -u)
  strange=$(find "$@" -prune ! \\( -type d -user "$me" ! -perm -020 ! -perm -002 \\) 2>/dev/null) && [ -z "$strange" ] && return 0
  for directory in "$@"; do
    unsafe=
    judge "$directory"
    [ -z "$unsafe" ] || return 1
  done
}
is_own() { owned ${directories}; }
own() {
  is_own || { say unsafe "$unsafe"; printf '%s\\n' "$directory"; say end; exit 0; }
}
close_own=yes
`;
}
