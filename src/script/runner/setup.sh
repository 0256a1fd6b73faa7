# The user's own lines run in the job's shell, as they change it: its options, folder and traps are set right again afterwards.

# dpdisp_source RAW [WORD...]: sets dpdisp_file to the file to source and its arguments. RAW is what the user wrote, WORDs are how
# the shell reads it; a file that bears the name RAW wins. Looked for below the root, then on PATH.
dpdisp_source() {
  local raw=$1 file
  shift
  if [ $# -eq 0 ] || [ -f "$(dpdisp_below_root "$raw")" ]; then set -- "$raw"; fi
  file=$(dpdisp_below_root "$1")
  if [ ! -e "$file" ]; then file=$(type -P -- "$1") || file=; fi
  if [ ! -r "$file" ] || [ -d "$file" ]; then
    printf 'dpdisp: cannot source "%s": no such file that can be read\n' "$raw" >&2
    exit 1
  fi
  shift
  # shellcheck disable=SC2034 # the job script reads it
  dpdisp_file=("$file" "$@")
}
dpdisp_below_root() {
  case $1 in
    /*) printf '%s' "$1" ;;
    *) printf '%s' "$dpdisp_root/$1" ;;
  esac
}

# dpdisp_reads FIELD ... dpdisp_read: around the user's lines. The second is never reached where the shell cannot read them.
dpdisp_reads() {
  dpdisp_reading=$1
}
dpdisp_read() {
  dpdisp_reading=
}

# dpdisp_unread: says that the user's lines could not be read to their end.
dpdisp_unread() {
  printf 'dpdisp: the shell cannot read the lines of %s\n' "$dpdisp_reading" >&2
}

# dpdisp_calm, dpdisp_restore: the user's shell options are for the user's lines.
dpdisp_calm() {
  set +aefkmuvxCET
}
dpdisp_restore() {
  local letter
  for letter in a e f k u C E T v x; do
    case $dpdisp_options in
      *"$letter"*) set "-$letter" ;;
    esac
  done
}

# dpdisp_start [adopt]: the setup is over and tasks follow. `adopt`: lines of others were run, which may have set a trap on EXIT.
dpdisp_start() {
  dpdisp_options=$-
  dpdisp_calm
  [ $# -eq 0 ] || dpdisp_adopt_exit
  if [ -n "$dpdisp_reading" ]; then
    dpdisp_unread
    exit 1
  fi
  builtin cd -- "$dpdisp_root" || exit 1
  dpdisp_phase=tasks
  dpdisp_open_wake
}

# dpdisp_adopt_exit: a trap on EXIT that the user set is run by ours. Where the shell does not show it, it stays as it is.
dpdisp_adopt_exit() {
  local shown words
  shown=$(trap -p EXIT)
  case $shown in
    '' | *dpdisp_on_exit*) return 0 ;;
  esac
  eval "words=($shown)"
  dpdisp_their_exit=${words[2]}
  trap dpdisp_on_exit EXIT
}
