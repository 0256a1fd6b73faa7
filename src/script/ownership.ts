import { RUN_DIRECTORY } from "./remote_layout.ts";
import type { ShellText } from "./shell_text.ts";

/**
 * What must belong to the user alone: the root and all below it, or, where the
 * root is the user's work base, the run directory in it.
 */
export type Guarded = "root" | "run directory";

/**
 * `require_own` ends the script with a section `unsafe REASON OWNER` where a
 * directory is a link (`link`) or no directory (`not_directory`), belongs to
 * another user (`other_owner`), or can be written by others
 * (`writable_by_others`). The root is checked first, so that nobody can change
 * the following directories after the check. Earlier versions made the root and
 * .dpdisp with the login's umask: the user's own ones are closed to others
 * (`close_own`). The run directory was never open: if it is now, somebody may
 * have written into it. A file system may have owners or modes of its own (a
 * mapped root user, no modes at all): a directory made for the check shows that.
 */
export function ownership(guarded: Guarded): ShellText {
  const runDirectories = `"$R/${RUN_DIRECTORY}" "$D"`;
  const directories = guarded === "run directory"
    ? runDirectories
    : `"$R" ${runDirectories}`;
  return `set_mode_and_owner() { mode=$1 owner=$3; }
# shellcheck disable=SC2046 # the first words of a line
read_mode() { mode='' owner=''; set_mode_and_owner $(LC_ALL=C ls -ldn "$1" 2>/dev/null) - - -; }
is_writable_by_others() { case $1 in d????w* | d???????w*) return 0 ;; *) return 1 ;; esac; }
# check_directory DIRECTORY: sets unsafe where it does not belong to the user alone.
check_directory() {
  read_mode "$1"
  case $mode in d*) ;; l*) unsafe="link"; return ;; *) unsafe=not_directory; return ;; esac
  if [ "$owner" = "$me" ] && is_writable_by_others "$mode" && [ "$1" != "$D" ]; then
    [ -n "$close_own" ] || return
    chmod 700 "$1" 2>/dev/null && read_mode "$1"
  fi
  if [ "$owner" = "$me" ] && ! is_writable_by_others "$mode"; then return; fi
  seen_mode=$mode seen_owner=$owner
  probe=\${1%/*}/${RUN_DIRECTORY}-own.$T
  mkdir -m 700 "$probe" 2>/dev/null && read_mode "$probe" && rmdir "$probe"
  if [ "$owner" != "$seen_owner" ] || { [ "$owner" = "$me" ] && [ "$seen_owner" != "$me" ]; }; then unsafe="other_owner $seen_owner"
  elif is_writable_by_others "$seen_mode" && ! is_writable_by_others "$mode"; then unsafe="writable_by_others $seen_owner"; fi
}
are_own() {
  for directory in "$@"; do
    shift
    if [ -e "$directory" ] || [ -L "$directory" ]; then set -- "$@" "$directory"; fi
  done
  [ $# -gt 0 ] || return 0
  me=$(id -u)
  others=$(find "$@" -prune ! \\( -type d -user "$me" ! -perm -020 ! -perm -002 \\) 2>/dev/null) && [ -z "$others" ] && return 0
  for directory in "$@"; do
    unsafe=
    check_directory "$directory"
    [ -z "$unsafe" ] || return 1
  done
}
is_own() { are_own ${directories}; }
require_own() {
  is_own || { section unsafe "$unsafe"; printf '%s\\n' "$directory"; section end; exit 0; }
}
close_own=yes
`;
}
