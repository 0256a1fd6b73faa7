# Tasks: each in a shell of its own, a fixed number at once. Only the job's shell writes records.

# dpdisp_task KEY FOLDER COMMAND OUT ERR: starts a task as soon as there is room for it. An empty OUT or ERR is not redirected.
dpdisp_task() {
  dpdisp_number=$((dpdisp_number + 1))
  if [ "$dpdisp_number" -le "$dpdisp_first" ] || [ "$dpdisp_number" -gt "$dpdisp_last" ]; then return 0; fi
  [ -z "$dpdisp_left" ] || return 0
  local mark=dpdisp_done_$1
  if [ -n "$dpdisp_resumed" ] && [ -n "${!mark-}" ]; then
    dpdisp_succeeded=$((dpdisp_succeeded + 1))
    dpdisp_say "skip $1"
    return 0
  fi
  while [ "${#dpdisp_pids[@]}" -ge "$dpdisp_at_once" ]; do dpdisp_collect; done
  ! dpdisp_wanted || dpdisp_launch "$@"
}

dpdisp_launch() {
  dpdisp_take_gpu "$dpdisp_number"
  dpdisp_keys[dpdisp_number]=$1
  dpdisp_commands[dpdisp_number]=$3
  dpdisp_time
  dpdisp_say "start $1 $dpdisp_now"
  dpdisp_run "$dpdisp_number" "$2" "$3" "$4" "$5" &
  dpdisp_pids[dpdisp_number]=$!
  if [ -n "$dpdisp_signal" ]; then
    # A signal came while the task was starting: by now it can hear it.
    sleep 1
    dpdisp_pass "$dpdisp_signal" "$!"
  fi
}

# dpdisp_run NUMBER FOLDER COMMAND OUT ERR: runs in a subshell that outlives the task and wakes the job's shell.
# The empty traps keep it alive while the task ends in its own time; children start with the signals' defaults.
dpdisp_run() {
  trap : TERM INT HUP XCPU USR1 USR2
  (dpdisp_inside "$2" "$3" "$4" "$5")
  dpdisp_code=$?
  [ -z "$dpdisp_wake" ] || printf '= %s %s .\n' "$1" "$dpdisp_code" >&19
  exit "$dpdisp_code"
}

# dpdisp_inside FOLDER COMMAND OUT ERR: stdin is /dev/null, as always behind "&".
dpdisp_inside() {
  local signal dpdisp_command=$2
  for signal in TERM INT HUP XCPU; do
    # shellcheck disable=SC2064 # the name is meant to be put in now
    trap "dpdisp_cut \$? $signal" "$signal"
  done
  trap : USR1 USR2
  if [ -n "$dpdisp_wake" ]; then exec 19>&-; fi
  if ! builtin cd -- "$dpdisp_root/$1" 2>/dev/null; then
    printf 'dpdisp: cannot enter the folder of a task: %s\n' "$dpdisp_root/$1" >&2
    exit 1
  fi
  if [ -n "$3" ]; then exec >>"$3" || exit 1; fi
  if [ -n "$4" ]; then exec 2>>"$4" || exit 1; fi
  if [ -n "$dpdisp_gpu" ]; then export CUDA_VISIBLE_DEVICES="$dpdisp_gpu"; fi
  set --
  dpdisp_restore
  eval "$dpdisp_command \"\$dpdisp_script\""
}

# dpdisp_cut CODE SIGNAL: no further command of the task's list is run. What a list would have done after the signal is not
# known, so a code of 0 does not count.
dpdisp_cut() {
  [ "$1" -ne 0 ] || set -- $((128 + $(kill -l "$2")))
  exit "$1"
}

# dpdisp_collect: waits until one of the running tasks has ended, and records it.
dpdisp_collect() {
  dpdisp_await
  local number=$dpdisp_ended
  local key=${dpdisp_keys[number]}
  [ -n "$dpdisp_code" ] || dpdisp_exit_code "${dpdisp_pids[number]}"
  unset "dpdisp_pids[$number]"
  dpdisp_time
  dpdisp_say "exit $key $dpdisp_code $dpdisp_now"
  case $dpdisp_code in
    0) dpdisp_succeeded=$((dpdisp_succeeded + 1)) ;;
    127) dpdisp_hint "$key" "${dpdisp_commands[number]}" ;;
  esac
  dpdisp_return_gpu "$number"
  unset "dpdisp_keys[$number]" "dpdisp_commands[$number]"
}

# dpdisp_exit_code PID: sets dpdisp_code. `wait` returns early, with more than 128, when a signal comes that is trapped: it is
# asked until the task had ended before. A bash that has told a code already may say 127; one that was signalled as the task
# ended may say -1 (seen with 5.2, once in some hundred times): then the task ended as it was told to.
dpdisp_exit_code() {
  local alive=yes code early=
  dpdisp_code=255
  while [ -n "$alive" ]; do
    kill -0 "$1" 2>/dev/null || alive=
    wait "$1" 2>/dev/null
    code=$?
    case $code in
      -*) continue ;;
      127) [ -z "$early" ] || continue ;;
    esac
    dpdisp_code=$code early=yes
    [ "$code" -gt 128 ] || return 0
  done
}

# dpdisp_hint KEY COMMAND: the command was not found; names one that is there.
dpdisp_hint() {
  case $2 in
    python | python[[:space:]]*) ;;
    *) return 0 ;;
  esac
  if ! type -P python >/dev/null && type -P python3 >/dev/null; then dpdisp_say "hint $1 python3"; fi
}
