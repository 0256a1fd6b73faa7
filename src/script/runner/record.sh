# What a job writes about itself: one line a fact, ended by its own length. A line that was torn does not have it.

# dpdisp_plain TEXT: sets dpdisp_word to TEXT with every byte that is not visible ASCII as "_"; a record's words are split at spaces.
dpdisp_plain() {
  local LC_ALL=C text=${1:--}
  dpdisp_word=${text//[!\!-~]/_}
}

# dpdisp_time: sets dpdisp_now to the seconds since 1970.
dpdisp_time() {
  dpdisp_now=${EPOCHREALTIME-}
  # Some locales have a decimal comma.
  dpdisp_now=${dpdisp_now/[!0-9]/.}
  case $dpdisp_now in
    '' | *[!0-9.]*) dpdisp_now=$(PATH=$PATH:/usr/bin:/bin date +%s) || dpdisp_now=0 ;;
  esac
}

# dpdisp_say TEXT: appends a record. What cannot be written now is written with the next one.
dpdisp_say() {
  local line="$dpdisp_me $1"
  dpdisp_unsaid="$dpdisp_unsaid$line #${#line}"$'\n'
  if printf '%s' "$dpdisp_unsaid" >>"$dpdisp_record"; then
    dpdisp_unsaid=
    return 0
  fi
  printf 'dpdisp: cannot write the record "%s" to %s\n' "$line" "$dpdisp_record" >&2
  # A part may have been written: the next try begins a line of its own.
  dpdisp_unsaid=$'\n'"${dpdisp_unsaid#$'\n'}"
  return 1
}

# dpdisp_leave WHY OWNER: no further task is started.
dpdisp_leave() {
  dpdisp_left=$1
  dpdisp_time
  dpdisp_plain "$2"
  dpdisp_say "leave $1 $dpdisp_word $dpdisp_now"
}
