# Each task writes to a pipe that it has ended, and with which code: not every bash has `wait -n`, and a signal may make `wait` lose a
# code.

# dpdisp_has_pipe is empty where no pipe could be made; then the tasks are checked every second, or a single task is waited for.
dpdisp_has_pipe=

dpdisp_open_pipe() {
  if dpdisp_open_unnamed_pipe || dpdisp_open_named_pipe; then dpdisp_has_pipe=yes; fi
}

# dpdisp_open_unnamed_pipe: a pipe that is open for reading and writing neither blocks now nor ends when no task runs. Linux can open
# a process substitution so, without another program.
dpdisp_open_unnamed_pipe() {
  # An old bash in posix mode cannot even read that.
  case :$SHELLOPTS: in
    *:posix:*) return 1 ;;
  esac
  eval 'exec 19<> <(:)' 2>/dev/null
}

# dpdisp_open_named_pipe: the name is removed as soon as the pipe is open, so nothing remains.
dpdisp_open_named_pipe() {
  local directory pipe
  for directory in "${TMPDIR:-/tmp}" /tmp "$dpdisp_dir"; do
    pipe=$directory/dpdisp-$dpdisp_copy-$$-$RANDOM
    command mkfifo -m 600 "$pipe" 2>/dev/null || continue
    { exec 19<>"$pipe"; } 2>/dev/null
    set -- $?
    command rm -f "$pipe"
    [[ $1 -ne 0 ]] || return 0
  done
  return 1
}

dpdisp_close_pipe() {
  [[ -z $dpdisp_has_pipe ]] || exec 19>&-
  dpdisp_has_pipe=
}

# dpdisp_wait_for_end: sets dpdisp_ended to the number of a task that has ended, and dpdisp_code to the code that it wrote; empty
# where it wrote none, because its shell was killed. A task that had ended before the pipe was found empty has written nothing.
dpdisp_wait_for_end() {
  local number missing begin end
  while :; do
    missing='' begin='' end='' dpdisp_ended='' dpdisp_code=''
    for number in "${!dpdisp_pids[@]}"; do
      builtin kill -0 "${dpdisp_pids[number]}" 2>/dev/null || missing=$number
    done
    if [[ -n $dpdisp_has_pipe ]]; then
      # A signal within a line leaves the rest of it for the next read: neither part is used.
      IFS=' ' builtin read -r -t 2 begin dpdisp_ended dpdisp_code end <&19
    elif [[ ${#dpdisp_pids[@]} -eq 1 ]]; then
      missing=$number
    elif [[ -z $missing ]]; then
      command sleep 1
    fi
    if [[ $begin$end != '=.' || -z ${dpdisp_pids[dpdisp_ended]-} ]]; then dpdisp_ended=$missing dpdisp_code=''; fi
    [[ -z $dpdisp_ended ]] || return 0
  done
}
