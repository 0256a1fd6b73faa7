# The end of a job, in whatever way it comes.

# dpdisp_drain: all tasks have been started; the user's last lines follow.
dpdisp_drain() {
  while [ "${#dpdisp_pids[@]}" -gt 0 ]; do dpdisp_collect; done
  dpdisp_close_wake
  dpdisp_phase=append
  export DPDISP_FAILED=$((dpdisp_last - dpdisp_first - dpdisp_succeeded))
  dpdisp_restore
}

# dpdisp_close: the last record, once. The user's trap on EXIT comes before it, as it may still bring results home; it runs in a
# subshell, so that an `exit` in it ends only that.
dpdisp_close() {
  [ -z "$dpdisp_closed" ] || return 0
  dpdisp_closed=yes
  if [ -n "$dpdisp_their_exit" ]; then (eval "$dpdisp_their_exit"); fi
  dpdisp_time
  dpdisp_say "end $((dpdisp_last - dpdisp_first - dpdisp_succeeded)) $dpdisp_now"
}

# dpdisp_finish: the last line of a job script.
dpdisp_finish() {
  dpdisp_calm
  [ -z "$dpdisp_reading" ] || dpdisp_unread
  dpdisp_close
  [ -z "$dpdisp_signal" ] || exit $((128 + $(kill -l "$dpdisp_signal")))
  [ "$dpdisp_succeeded" -eq $((dpdisp_last - dpdisp_first)) ] || exit 1
  exit 0
}

# dpdisp_on_exit: also where the user's lines end the shell.
dpdisp_on_exit() {
  local code=$?
  trap - EXIT
  dpdisp_calm
  dpdisp_phase=closing
  if [ "${#dpdisp_pids[@]}" -gt 0 ]; then
    dpdisp_pass TERM "${dpdisp_pids[@]}"
    while [ "${#dpdisp_pids[@]}" -gt 0 ]; do dpdisp_collect; done
  fi
  dpdisp_close
  exit "$code"
}

# dpdisp_told SIGNAL: USR1 and USR2 are warnings that some schedulers send, for the tasks; the others end the job.
dpdisp_told() {
  case $dpdisp_phase.$1 in
    tasks.*)
      [ "${#dpdisp_pids[@]}" -eq 0 ] || dpdisp_pass "$1" "${dpdisp_pids[@]}"
      case $1 in
        USR?) return 0 ;;
      esac
      dpdisp_signal=$1
      [ -n "$dpdisp_left" ] || dpdisp_leave signal "$1"
      ;;
    setup.USR?) ;;
    setup.*)
      dpdisp_calm
      dpdisp_leave signal "$1"
      exit $((128 + $(kill -l "$1")))
      ;;
  esac
}

# dpdisp_pass SIGNAL PID...: to the given processes and all below them. Parents come first: a task's shell has to know before the
# command that it waits for ends, or it would start its next one.
dpdisp_pass() {
  local signal=$1 below IFS=$' \t\n'
  shift
  below=$(dpdisp_parents | awk -v given="$*" '
    BEGIN { n = split(given, pids, " "); for (i = 1; i <= n; i++) top[pids[i]] }
    { parent[$1] = $2 }
    END {
      for (pid in parent) {
        depth = 1
        for (up = parent[pid]; up > 1 && !(up in top) && up in parent; up = parent[up]) depth++
        if (up in top) level[depth] = level[depth] " " pid
        if (depth > deepest) deepest = depth
      }
      for (depth = 1; depth <= deepest; depth++) print level[depth]
    }')
  # shellcheck disable=SC2086 # a list of numbers
  kill -s "$signal" "$@" $below 2>/dev/null
  return 0
}

# dpdisp_parents: prints "pid parent" of every process. Small containers have no ps, but Linux has /proc.
dpdisp_parents() {
  ps -A -o pid= -o ppid= 2>/dev/null ||
    sed 's/^\([0-9]*\) .*) . \([0-9]*\) .*/\1 \2/' /proc/[0-9]*/stat 2>/dev/null
}
