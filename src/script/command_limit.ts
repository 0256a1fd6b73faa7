/** The time limit of commands of the batch system, which may never answer. POSIX sh. */
import { quote } from "./quote.ts";
import type { ShellText } from "./shell_text.ts";

/** A command of the batch system. */
export interface SiteCommand {
  readonly text: ShellText;
  /** The program that is waited for, as messages name it; null: the text runs no program that may hang, and has no time limit. */
  readonly program: string | null;
}

/** The exit code of a command that was given up, as of timeout(1). */
export const GIVEN_UP = 124;

/** Between SIGTERM and SIGKILL (s), at most. */
const MAX_GRACE_S = 1;

/** How often a watch of several commands looks within the limit of one, every `$tick_s`. */
export const CHECKS = 6;

/**
 * Functions. `end_tree PID` ends a process and all that it started, which
 * timeout(1) cannot do for a shell function. `limited PROGRAM FUNCTION` runs the
 * function in a process of its own; after the limit it is ended, its exit code
 * is {@linkcode GIVEN_UP}, and the reason is on stderr. A program that was given
 * up is not run again by the same script.
 */
export function limitFunctions(limit_s: number): ShellText {
  const tick_s = limit_s < CHECKS
    ? limit_s / CHECKS
    : Math.ceil(limit_s / CHECKS);
  return `limit_s=${limit_s} tick_s=${tick_s} grace_s=${
    Math.min(MAX_GRACE_S, limit_s)
  }
list_processes() {
  if [ -r /proc/self/stat ]; then
    for f in /proc/[0-9]*/stat; do
      IFS= read -r s 2>/dev/null <"$f" || continue
      p=\${s%% *} s=\${s##*\\) }
      s=\${s#* }
      printf '%s %s\\n' "$p" "\${s%% *}"
    done
  else ps -A -o pid= -o ppid=; fi
}
end_tree() {
  tree=$(list_processes | awk -v top="$1" '
    { parent[$1] = $2 }
    END {
      for (pid in parent) {
        steps = 0
        for (up = pid; up != top && (up in parent) && steps < 1000; up = parent[up]) steps++
        if (up == top) print pid
      }
    }')
  # shellcheck disable=SC2086 # a list of words
  kill -s TERM "$1" $tree
  sleep "$grace_s"
  # shellcheck disable=SC2086 # a list of words
  kill -s KILL "$1" $tree
}
given_up() { printf '%s has not answered for %s s and was given up\\n' "$1" "$limit_s" >&2; }
silent=
limited() {
  case $silent in *" $1 "*) given_up "$1"; return ${GIVEN_UP} ;; esac
  "$2" </dev/null &
  command=$!
  (trap 'kill "$!"; exit 1' TERM; sleep "$limit_s" & wait "$!"; trap '' TERM; end_tree "$command"; exit 0) >/dev/null 2>&1 </dev/null &
  watch=$!
  wait "$command" 2>/dev/null
  code=$?
  kill "$watch" 2>/dev/null
  wait "$watch" 2>/dev/null || return "$code"
  given_up "$1"
  return ${GIVEN_UP}
}
`;
}

/** The name of the section that says which program the script now waits for. The next section must follow at once. */
export const ASKING = "asking";

/** Text that prints it. */
export function asking(program: string): ShellText {
  return `section ${ASKING} ${quote(program)}\n`;
}

/** After a command in a subshell of its own, whose exit code is in `$code`: the program is not run again where it was given up. */
export function noteGivenUp(program: string): ShellText {
  return `[ "$code" -ne ${GIVEN_UP} ] || silent="$silent ${program} "`;
}
