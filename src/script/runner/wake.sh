# Several tasks at once, without `wait -n`: each writes its number to a pipe as it ends.

# dpdisp_wake says whether there is a pipe; without one the tasks are looked at every second.
dpdisp_wake=

# dpdisp_open_wake: the pipe's name is gone as soon as it is open, so nothing is left behind.
dpdisp_open_wake() {
  local folder pipe
  for folder in "${TMPDIR:-/tmp}" /tmp "$dpdisp_dir"; do
    pipe=$folder/dpdisp-$dpdisp_me-$$-$RANDOM
    mkfifo -m 600 "$pipe" 2>/dev/null || continue
    # Open for reading and writing: it neither blocks now nor ends when no task runs.
    if exec 19<>"$pipe"; then dpdisp_wake=yes; fi
    rm -f "$pipe"
    [ -z "$dpdisp_wake" ] || return 0
  done
}

dpdisp_close_wake() {
  [ -z "$dpdisp_wake" ] || exec 19>&-
  dpdisp_wake=
}

# dpdisp_await: sets dpdisp_ended to the number of a task that has ended, or is the only one. A shell that was killed wrote
# nothing, so the processes are looked at too.
dpdisp_await() {
  local number woken
  while true; do
    woken=
    if [ -n "$dpdisp_wake" ]; then
      IFS= read -r -t 2 woken <&19
    elif [ "$dpdisp_at_once" -gt 1 ]; then
      sleep 1
    fi
    for number in "${!dpdisp_pids[@]}"; do
      if [ "$dpdisp_at_once" -le 1 ] || [ "$number" = "$woken" ] || ! kill -0 "${dpdisp_pids[number]}" 2>/dev/null; then
        dpdisp_ended=$number
        return 0
      fi
    done
  done
}
