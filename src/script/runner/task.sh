# Tasks: each runs in a shell of its own, a fixed number at once. Only the job's shell writes records.

# dpdisp_task KEY DIRECTORY COMMAND OUT ERR: starts a task as soon as fewer than the allowed number run. An empty OUT or ERR is not
# redirected.
dpdisp_task() {
  dpdisp_number=$((dpdisp_number + 1))
  if [[ $dpdisp_number -le $dpdisp_first || $dpdisp_number -gt $dpdisp_last ]]; then return 0; fi
  [[ -z $dpdisp_stop_reason ]] || return 0
  local done_name=dpdisp_done_$1
  if [[ -n $dpdisp_restarted && -n ${!done_name-} ]]; then
    dpdisp_succeeded=$((dpdisp_succeeded + 1))
    dpdisp_write_record "taskSkipped $1"
    return 0
  fi
  while [[ ${#dpdisp_pids[@]} -ge $dpdisp_at_once ]]; do dpdisp_wait_for_task; done
  ! dpdisp_may_start || dpdisp_launch_task "$@"
}

dpdisp_launch_task() {
  dpdisp_assign_gpu "$dpdisp_number"
  dpdisp_keys[dpdisp_number]=$1
  dpdisp_commands[dpdisp_number]=$3
  dpdisp_directories[dpdisp_number]=$2
  dpdisp_error_logs[dpdisp_number]=$5
  dpdisp_set_length "$2" "$4"
  local stdout_bytes=$dpdisp_length
  [[ $5 = "$4" ]] || dpdisp_set_length "$2" "$5"
  dpdisp_error_starts[dpdisp_number]=$dpdisp_length
  dpdisp_set_now
  dpdisp_write_record "taskStarted $1 $dpdisp_now $stdout_bytes $dpdisp_length"
  dpdisp_run_task "$dpdisp_number" "$2" "$3" "$4" "$5" &
  dpdisp_pids[dpdisp_number]=$!
  if [[ -n $dpdisp_signal ]]; then
    # A signal came while the task was starting: after a second its traps are set.
    command sleep 1
    dpdisp_forward_signal "$dpdisp_signal" "$!"
  fi
}

# dpdisp_set_length DIRECTORY LOG: sets dpdisp_length to the bytes that the log has now: what follows is of the task that starts. Most
# logs do not exist yet, and then no process is started.
dpdisp_set_length() {
  local file=$dpdisp_root/$1/$2
  dpdisp_length=0
  case $2 in
    '') return 0 ;;
    /*) file=$2 ;;
  esac
  [[ -s $file ]] || return 0
  dpdisp_length=$(command wc -c <"$file") || dpdisp_length=0
  # Some systems print spaces before it.
  dpdisp_length=$((dpdisp_length))
}

# dpdisp_run_task NUMBER DIRECTORY COMMAND OUT ERR: runs in a subshell that lives longer than the task and writes its end to the pipe.
# The empty traps keep it running while the task reacts to a signal; child processes start with the signals' defaults.
dpdisp_run_task() {
  trap : TERM INT HUP XCPU USR1 USR2
  (dpdisp_run_command "$2" "$3" "$4" "$5")
  dpdisp_code=$?
  [[ -z $dpdisp_has_pipe ]] || builtin printf '= %s %s .\n' "$1" "$dpdisp_code" >&19
  exit "$dpdisp_code"
}

# dpdisp_run_command DIRECTORY COMMAND OUT ERR: stdin is /dev/null, as always with "&".
dpdisp_run_command() {
  local signal dpdisp_command=$2
  for signal in TERM INT HUP XCPU; do
    # shellcheck disable=SC2064 # the name is meant to be put in now
    trap "dpdisp_exit_on_signal \$? $signal" "$signal"
  done
  trap : USR1 USR2
  if [[ -n $dpdisp_has_pipe ]]; then exec 19>&-; fi
  # It may be away since it was looked for.
  if ! builtin cd -- "$dpdisp_root/$1" 2>/dev/null && ! { dpdisp_wait_for_root && builtin cd -- "$dpdisp_root/$1" 2>/dev/null; }; then
    builtin printf 'dpdisp: cannot enter the directory of a task: %s\n' "$dpdisp_root/$1" >&2
    exit 1
  fi
  if [[ -n $3 ]]; then exec >>"$3" || exit 1; fi
  if [[ -n $4 ]]; then exec 2>>"$4" || exit 1; fi
  if [[ -n $dpdisp_gpu ]]; then export CUDA_VISIBLE_DEVICES="$dpdisp_gpu"; fi
  set --
  dpdisp_restore_options
  eval "$dpdisp_command \"\$dpdisp_script\""
}

# dpdisp_exit_on_signal CODE SIGNAL: no further command of the task's command list is run. What the list would have done after the
# signal is not known, so a code of 0 does not count.
dpdisp_exit_on_signal() {
  [[ $1 -ne 0 ]] || set -- $((128 + $(builtin kill -l "$2")))
  exit "$1"
}

# dpdisp_wait_for_task: waits until one of the running tasks has ended, and records it.
dpdisp_wait_for_task() {
  dpdisp_wait_for_end
  local number=$dpdisp_ended
  local key=${dpdisp_keys[number]}
  [[ -n $dpdisp_code ]] || dpdisp_set_exit_code "${dpdisp_pids[number]}"
  unset "dpdisp_pids[$number]"
  dpdisp_set_now
  [[ $dpdisp_code -eq 0 ]] || dpdisp_add_error "$key" "${dpdisp_directories[number]}" "${dpdisp_error_logs[number]}" "${dpdisp_error_starts[number]}"
  dpdisp_write_record "taskExited $key $dpdisp_code $dpdisp_now"
  case $dpdisp_code in
    0) dpdisp_succeeded=$((dpdisp_succeeded + 1)) ;;
    127) dpdisp_write_hint "$key" "${dpdisp_commands[number]}" ;;
  esac
  dpdisp_release_gpu "$number"
  unset "dpdisp_keys[$number]" "dpdisp_commands[$number]" "dpdisp_directories[$number]" "dpdisp_error_logs[$number]" "dpdisp_error_starts[$number]"
}

# dpdisp_set_exit_code PID: sets dpdisp_code. `wait` returns early, with more than 128, when a trapped signal comes: it is called again
# until the task had ended before the call. A bash that has returned a code once may then return 127; one that got a signal as the
# task ended may return -1 (seen with 5.2, about once in some hundred times): then the code of the signal counts.
dpdisp_set_exit_code() {
  local is_running=yes code early=
  dpdisp_code=255
  while [[ -n $is_running ]]; do
    builtin kill -0 "$1" 2>/dev/null || is_running=
    builtin wait "$1" 2>/dev/null
    code=$?
    case $code in
      -*) continue ;;
      127) [[ -z $early ]] || continue ;;
    esac
    dpdisp_code=$code early=yes
    [[ $code -gt 128 ]] || return 0
  done
}

# dpdisp_write_hint KEY COMMAND: the command was not found; records the name of one that exists.
dpdisp_write_hint() {
  case $2 in
    python | python[[:space:]]*) ;;
    *) return 0 ;;
  esac
  if ! builtin type -P python >/dev/null && builtin type -P python3 >/dev/null; then dpdisp_write_record "taskHint $1 python3"; fi
}
