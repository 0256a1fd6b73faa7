/** Shell text about processes: how a job of batch type Shell is started, seen and cancelled. */

/**
 * POSIX sh; where a process is: `host:boot`. A number of a process means
 * nothing on another machine, or after the machine was started again.
 */
export const HOST_NAME = `here=$(uname -n)
boot=$(cat /proc/sys/kernel/random/boot_id 2>/dev/null || sysctl -n kern.bootsessionuuid 2>/dev/null || echo unknown)
`;

/** When a process began, where there is no /proc: the same words whatever the caller's language and time zone. */
const BEGAN = "LC_ALL=C TZ=UTC0 ps -o lstart= -p";

/**
 * bash; `$0` the job script, `$1` the file for its output, `$2` the place.
 * Starts it as a process group of its own and prints its id,
 * `host:boot:group:start`. `set -m` gives the group without setsid(1), which
 * not every system has. A job that is over before its start could be read is
 * given one that is never found alive.
 */
export const LAUNCH = `set -m
trap "" HUP
export DPDISP_PLACE=$2
place=$2
unset DPDISP_SELF
{
  out=$1
  if [ -r /proc/self/stat ]; then
    IFS= read -r stat </proc/self/stat
    pid=\${stat%% *}
    set -- \${stat##*\\) }
    export DPDISP_SELF=$place:$pid:\${20}
  fi
  exec bash -l "$0" >>"$out" 2>&1 </dev/null
} &
start=none
if [ -r /proc/self/stat ]; then
  IFS= read -r stat 2>/dev/null </proc/$!/stat && set -- \${stat##*\\) } && start=\${20}
else
  start=$(${BEGAN} $! | tr -s " " _)
fi
echo "$place:$!:\${start:-none}"
`;

/** bash, in the job itself: the id that {@linkcode LAUNCH} printed of it. Without /proc the job asks ps(1). */
export const SELF =
  `\${DPDISP_SELF:-$DPDISP_PLACE:$$:$(${BEGAN} $$ | tr -s " " _)}`;

/**
 * POSIX sh functions for the submit script. `gate` waits a moment until fewer
 * than `$slots` of the groups in `$running` are at work; fails where none ends.
 */
export const SLOT_GATE = `${HOST_NAME}
at_work() {
  [ -r /proc/self/stat ] || { kill -s 0 -- "-$1" 2>/dev/null; return; }
  IFS= read -r s 2>/dev/null <"/proc/$1/stat" || return 1
  s=\${s##*\\) }
  case $s in Z* | X*) return 1 ;; esac
}
gate() {
  looks=0
  while :; do
    left='' count=0
    for group in $running; do
      at_work "$group" && left="$left $group" count=$((count + 1))
    done
    running=$left
    [ "$count" -lt "$slots" ] && return 0
    looks=$((looks + 1))
    [ "$looks" -lt 100 ] && mine || return 1
    sleep 0.005
  done
}
launched() { group=\${1%:*}; running="$running \${group##*:}"; }
`;

/** From the request to end to the end that cannot be refused (s). */
const GRACE_S = 5;

/**
 * POSIX sh functions. `show ID` prints `ID WORD`; a job is gone when its
 * machine was started again, when its number belongs to a younger process,
 * or when no process of its group is more than a zombie. On Linux this costs
 * no process; elsewhere one ps(1) a look. `cancel ID...` tells whole groups to
 * end, and ends those that do not.
 */
export const LIVENESS = `${HOST_NAME}groups=
living() {
  if [ -z "$groups" ]; then
    groups=" "
    if [ -r /proc/self/stat ]; then
      for f in /proc/[0-9]*/stat; do
        IFS= read -r s 2>/dev/null <"$f" || continue
        # shellcheck disable=SC2086 # a list of words
        set -- $1 \${s##*\\) }
        case $2 in Z | X) ;; *) groups="$groups$4 " ;; esac
      done
    else
      groups=" $(ps -A -o pgid= -o stat= | while read -r g s; do
        case $s in Z*) ;; *) printf '%s ' "$g" ;; esac
      done)"
    fi
  fi
  case $groups in *" $1 "*) return 0 ;; esac
  return 1
}
began() {
  if [ -r /proc/self/stat ]; then
    IFS= read -r s 2>/dev/null <"/proc/$1/stat" || return 1
    # shellcheck disable=SC2086 # a list of words
    set -- \${s##*\\) }
    state=$1 start=\${20}
  else
    state=$(ps -o stat= -p "$1") || return 1
    start=$(${BEGAN} "$1" | tr -s ' ' _)
  fi
}
word_of() {
  host=\${1%%:*} rest=\${1#*:}
  booted=\${rest%%:*} rest=\${rest#*:}
  group=\${rest%%:*} started=\${rest#*:}
  if [ "$host" != "$here" ]; then word="elsewhere it was started on $host and cannot be seen from $here"; return; fi
  word=gone
  [ "$booted" = "$boot" ] || return 0
  if began "$group"; then
    [ "$start" = "$started" ] || return 0
    case $state in
      T*) word=stopped; return ;;
      Z* | X*) ;;
      *) word=alive; return ;;
    esac
  fi
  if kill -s 0 -- "-$group" 2>/dev/null && living "$group"; then word=alive; fi
}
show() { word_of "$1"; printf '%s %s\\n' "$1" "$word"; }
tell() {
  told=$1
  shift
  for id in "$@"; do
    word_of "$id"
    case $word in alive | stopped) ;; *) continue ;; esac
    kill -s "$told" -- "-$group" 2>/dev/null
    kill -s CONT -- "-$group" 2>/dev/null
  done
}
cancel() {
  tell TERM "$@"
  (sleep ${GRACE_S}; groups=''; tell KILL "$@") >/dev/null 2>&1 </dev/null &
}
`;
