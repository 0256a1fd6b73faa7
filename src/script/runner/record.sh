# Records: what a job writes about itself, one line for each fact. A line ends with its own length, so that a torn line is recognised.

# dpdisp_to_word TEXT: sets dpdisp_word to TEXT with "_" for every byte that is not visible ASCII, because the words of a record are
# separated by spaces.
dpdisp_to_word() {
  local LC_ALL=C text=${1:--}
  dpdisp_word=${text//[!\!-~]/_}
}

# dpdisp_set_now: sets dpdisp_now to the seconds since 1970.
dpdisp_set_now() {
  dpdisp_now=${EPOCHREALTIME-}
  # Some locales have a decimal comma.
  dpdisp_now=${dpdisp_now/[!0-9]/.}
  case $dpdisp_now in
    '' | *[!0-9.]*) dpdisp_now=$(PATH=$PATH:/usr/bin:/bin command date +%s) || dpdisp_now=0 ;;
  esac
}

# dpdisp_write_record TEXT: appends a record. What cannot be written now is written with the next record.
dpdisp_write_record() {
  local line="$dpdisp_copy $1"
  dpdisp_unwritten="$dpdisp_unwritten$line #${#line}"$'\n'
  ! dpdisp_write_unwritten || return 0
  builtin printf 'dpdisp: cannot write the record "%s" to %s\n' "$line" "$dpdisp_record_file" >&2
  return 1
}
dpdisp_write_unwritten() {
  if builtin printf '%s' "$dpdisp_unwritten" >>"$dpdisp_record_file"; then
    dpdisp_unwritten=
    return 0
  fi
  # A part of it may have been written, so the next attempt begins with a new line.
  dpdisp_unwritten=$'\n'"${dpdisp_unwritten#$'\n'}"
  return 1
}

# dpdisp_write_last_record TEXT: tries for a minute, because finished tasks without a record would run again. Where the root is there
# and the run directory is not, nobody will read it.
dpdisp_write_last_record() {
  local seconds=0
  ! dpdisp_write_record "$1" || return 0
  while [[ $seconds -lt $dpdisp_patience && (-d $dpdisp_dir || ! -d $dpdisp_root) ]]; do
    command sleep 1
    seconds=$((seconds + 1))
    ! dpdisp_write_unwritten 2>/dev/null || return 0
  done
}

# dpdisp_stop REASON OWNER: records that this copy starts no further task.
dpdisp_stop() {
  dpdisp_stop_reason=$1
  dpdisp_set_now
  dpdisp_to_word "$2"
  dpdisp_write_record "jobStopped $1 $dpdisp_word $dpdisp_now"
}
