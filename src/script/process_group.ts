/** Shell text about processes: how a job of batch type Shell is started, observed and cancelled. */
import type { JobShell } from "./job_script.ts";
import type { ShellText } from "./shell_text.ts";

/**
 * POSIX sh; sets `this_host` and `boot`, which identify this machine until its next reboot. A process id has no meaning
 * on another machine, or after a reboot.
 */
export const HOST_NAME = `this_host=$(uname -n)
boot=$(cat /proc/sys/kernel/random/boot_id 2>/dev/null || sysctl -n kern.bootsessionuuid 2>/dev/null || echo unknown)
`;

/** When a process started, where there is no /proc: the same text in every language and time zone. */
const PRINT_START = "LC_ALL=C TZ=UTC0 ps -o lstart= -p";

/**
 * bash; `$0` is the job script, `$1` the file for its output, `$2` is
 * `host:boot`. Starts the script as a process group of its own and prints its
 * id, `host:boot:group:start`. `set -m` makes the group without setsid(1), which
 * not every system has.
 * DPDISP_ENVIRONMENT exports again the user's variables that have names of the
 * scripts' own. A job that ends before its start time could be read gets
 * one that no running process has.
 */
export function launchScript(jobShell: JobShell): ShellText {
  return `set -m
trap "" HUP
export DPDISP_HOST=$2
host=$2
unset DPDISP_SELF
{
  out=$1
  if [ -r /proc/self/stat ]; then
    IFS= read -r stat </proc/self/stat
    pid=\${stat%% *}
    set -- \${stat##*\\) }
    export DPDISP_SELF=$host:$pid:\${20}
  fi
  exec >>"$out" 2>&1 </dev/null
  eval "unset DPDISP_ENVIRONMENT
$DPDISP_ENVIRONMENT"
  exec ${jobShell} "$0"
} &
start=none
if [ -r /proc/self/stat ]; then
  IFS= read -r stat 2>/dev/null </proc/$!/stat && set -- \${stat##*\\) } && start=\${20}
else
  start=$(${PRINT_START} $! | tr -s " " _)
fi
echo "$host:$!:\${start:-none}"
`;
}

/** bash, in the job itself: the id that {@linkcode launchScript} printed. Without /proc the job runs ps(1). */
export const SELF =
  `\${DPDISP_SELF:-$DPDISP_HOST:$$:$(${PRINT_START} $$ | tr -s " " _)}`;

/**
 * POSIX sh functions for the submit script. `wait_for_slot` waits a moment until
 * fewer than `$slots` of the groups in `$running` run; fails where none ends.
 */
export const SLOT_GATE = `${HOST_NAME}
is_running() {
  [ -r /proc/self/stat ] || { kill -s 0 -- "-$1" 2>/dev/null; return; }
  IFS= read -r s 2>/dev/null <"/proc/$1/stat" || return 1
  s=\${s##*\\) }
  case $s in Z* | X*) return 1 ;; esac
}
wait_for_slot() {
  polls=0
  while :; do
    still='' count=0
    for group in $running; do
      is_running "$group" && still="$still $group" count=$((count + 1))
    done
    running=$still
    [ "$count" -lt "$slots" ] && return 0
    polls=$((polls + 1))
    [ "$polls" -lt 100 ] && has_lease || return 1
    sleep 0.005
  done
}
add_running() { group=\${1%:*}; running="$running \${group##*:}"; }
`;

/** Time between SIGTERM and SIGKILL (s). */
const GRACE_S = 5;

/**
 * POSIX sh functions. `show ID` prints `ID STATE`; a job has ended when its
 * machine was rebooted, when its process id belongs to a later process, or when
 * all processes of its group are zombies. On Linux this starts no process; on
 * other systems one ps(1) for each poll. `cancel ID...` sends SIGTERM to whole
 * groups, and SIGKILL to those that still run after a grace period.
 */
export const LIVENESS = `${HOST_NAME}groups=
is_group_active() {
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
read_start() {
  if [ -r /proc/self/stat ]; then
    IFS= read -r s 2>/dev/null <"/proc/$1/stat" || return 1
    # shellcheck disable=SC2086 # a list of words
    set -- \${s##*\\) }
    process_state=$1 start=\${20}
  else
    process_state=$(ps -o stat= -p "$1") || return 1
    start=$(${PRINT_START} "$1" | tr -s ' ' _)
  fi
}
set_state() {
  host=\${1%%:*} rest=\${1#*:}
  booted=\${rest%%:*} rest=\${rest#*:}
  group=\${rest%%:*} started=\${rest#*:}
  if [ "$host" != "$this_host" ]; then state="other_host it was started on $host and cannot be observed from $this_host"; return; fi
  state=ended
  [ "$booted" = "$boot" ] || return 0
  if read_start "$group"; then
    [ "$start" = "$started" ] || return 0
    case $process_state in
      T*) state=stopped; return ;;
      Z* | X*) ;;
      *) state=running; return ;;
    esac
  fi
  if kill -s 0 -- "-$group" 2>/dev/null && is_group_active "$group"; then state=running; fi
}
show() { set_state "$1"; printf '%s %s\\n' "$1" "$state"; }
send_signal() {
  signal=$1
  shift
  for id in "$@"; do
    set_state "$id"
    case $state in running | stopped) ;; *) continue ;; esac
    kill -s "$signal" -- "-$group" 2>/dev/null
    kill -s CONT -- "-$group" 2>/dev/null
  done
}
cancel() {
  send_signal TERM "$@"
  (sleep ${GRACE_S}; groups=''; send_signal KILL "$@") >/dev/null 2>&1 </dev/null &
}
`;
