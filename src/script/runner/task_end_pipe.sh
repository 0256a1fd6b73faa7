# Each task tells by a pipe that it has ended, and how: `wait -n` is not in every bash, and `wait` may lose a code to a signal.

# dpdisp_wake says whether there is a pipe; without one the tasks are looked at every second, or waited for where it is one.
dpdisp_wake=

dpdisp_open_wake() {
  if dpdisp_pipe || dpdisp_named_pipe; then dpdisp_wake=yes; fi
}

# dpdisp_pipe: opened for reading and writing, it neither blocks now nor ends when no task runs. Linux lets a process
# substitution be opened so, which takes no program.
dpdisp_pipe() {
  # An old bash cannot even read that in its posix mode.
  case :$SHELLOPTS: in
    *:posix:*) return 1 ;;
  esac
  eval 'exec 19<> <(:)' 2>/dev/null
}

# dpdisp_named_pipe: its name is gone as soon as it is open, so nothing is left behind.
dpdisp_named_pipe() {
  local folder pipe
  for folder in "${TMPDIR:-/tmp}" /tmp "$dpdisp_dir"; do
    pipe=$folder/dpdisp-$dpdisp_me-$$-$RANDOM
    mkfifo -m 600 "$pipe" 2>/dev/null || continue
    { exec 19<>"$pipe"; } 2>/dev/null
    set -- $?
    rm -f "$pipe"
    [ "$1" -ne 0 ] || return 0
  done
  return 1
}

dpdisp_close_wake() {
  [ -z "$dpdisp_wake" ] || exec 19>&-
  dpdisp_wake=
}

# dpdisp_await: sets dpdisp_ended to the number of a task that has ended, and dpdisp_code to what it told, empty where it told
# nothing: a shell that was killed did not. Who was gone before the pipe was empty has written nothing.
dpdisp_await() {
  local number gone begin end
  while true; do
    gone='' begin='' end='' dpdisp_ended='' dpdisp_code=''
    for number in "${!dpdisp_pids[@]}"; do
      kill -0 "${dpdisp_pids[number]}" 2>/dev/null || gone=$number
    done
    if [ -n "$dpdisp_wake" ]; then
      # Whoever is called away in the midst of a line leaves its end for the next time: neither part is believed.
      IFS=' ' read -r -t 2 begin dpdisp_ended dpdisp_code end <&19
    elif [ "${#dpdisp_pids[@]}" -eq 1 ]; then
      gone=$number
    elif [ -z "$gone" ]; then
      sleep 1
    fi
    if [ "$begin$end" != =. ] || [ -z "${dpdisp_pids[dpdisp_ended]-}" ]; then dpdisp_ended=$gone dpdisp_code=''; fi
    [ -z "$dpdisp_ended" ] || return 0
  done
}
