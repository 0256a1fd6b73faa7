# The end of a job, whatever its reason.

# dpdisp_wait_for_tasks: all tasks have been started; the user's append_script follows.
dpdisp_wait_for_tasks() {
  while [[ ${#dpdisp_pids[@]} -gt 0 ]]; do dpdisp_wait_for_task; done
  dpdisp_close_pipe
  dpdisp_phase=append
  export DPDISP_FAILED=$((dpdisp_last - dpdisp_first - dpdisp_succeeded))
  dpdisp_restore_options
}

# dpdisp_close: writes the last record, once. The user's trap on EXIT runs before it, because it may still copy results; it runs in
# a subshell, so that an `exit` in it ends only that.
dpdisp_close() {
  [[ -z $dpdisp_closed ]] || return 0
  dpdisp_closed=yes
  if [[ -n $dpdisp_user_exit_trap ]]; then (eval "$dpdisp_user_exit_trap"); fi
  dpdisp_set_now
  dpdisp_write_last_record "jobEnded $((dpdisp_last - dpdisp_first - dpdisp_succeeded)) $dpdisp_now"
}

# dpdisp_finish: the last line of a job script.
dpdisp_finish() {
  dpdisp_remove_redefinitions
  dpdisp_reset_options
  [[ -z $dpdisp_open_field ]] || dpdisp_report_open_field
  dpdisp_close
  [[ -z $dpdisp_signal ]] || exit $((128 + $(builtin kill -l "$dpdisp_signal")))
  [[ $dpdisp_succeeded -eq $((dpdisp_last - dpdisp_first)) ]] || exit 1
  exit 0
}

# dpdisp_on_exit: runs also where the user's lines end the shell.
dpdisp_on_exit() {
  dpdisp_exit_code=$?
  dpdisp_remove_redefinitions
  trap - EXIT
  dpdisp_reset_options
  dpdisp_phase=closing
  if [[ ${#dpdisp_pids[@]} -gt 0 ]]; then
    dpdisp_forward_signal TERM "${dpdisp_pids[@]}"
    while [[ ${#dpdisp_pids[@]} -gt 0 ]]; do dpdisp_wait_for_task; done
  fi
  dpdisp_close
  exit "$dpdisp_exit_code"
}

# dpdisp_on_signal SIGNAL: USR1 and USR2 are warnings that some batch systems send to the tasks; the other signals end the job.
dpdisp_on_signal() {
  dpdisp_remove_redefinitions
  case $dpdisp_phase.$1 in
    tasks.*)
      [[ ${#dpdisp_pids[@]} -eq 0 ]] || dpdisp_forward_signal "$1" "${dpdisp_pids[@]}"
      case $1 in
        USR?) return 0 ;;
      esac
      dpdisp_signal=$1
      [[ -n $dpdisp_stop_reason ]] || dpdisp_stop signal "$1"
      ;;
    setup.USR?) ;;
    setup.*)
      dpdisp_reset_options
      dpdisp_stop signal "$1"
      exit $((128 + $(builtin kill -l "$1")))
      ;;
  esac
}

# dpdisp_forward_signal SIGNAL PID...: sends the signal to the given processes and all their descendants, parents first: a task's
# shell has to know of the signal before the command that it waits for ends, or it would start its next command.
dpdisp_forward_signal() {
  local signal=$1 descendants IFS=$' \t\n'
  shift
  descendants=$(dpdisp_list_parents | command awk -v given="$*" '
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
  builtin kill -s "$signal" "$@" $descendants 2>/dev/null
  return 0
}

# dpdisp_list_parents: prints "pid parent" of every process. Small containers have no ps, but Linux has /proc.
dpdisp_list_parents() {
  command ps -A -o pid= -o ppid= 2>/dev/null ||
    command sed 's/^\([0-9]*\) .*) . \([0-9]*\) .*/\1 \2/' /proc/[0-9]*/stat 2>/dev/null
}
