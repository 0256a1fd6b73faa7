# The user's own lines run in the job's shell, because they change it; its options, directory and traps are restored afterwards.

# dpdisp_source RAW [WORD...]: sets dpdisp_file to the file to source and its arguments. RAW is what the user wrote, WORDs are how
# the shell reads it; a file with the name RAW is preferred. The file is looked for below the root, then on PATH.
dpdisp_source() {
  dpdisp_remove_redefinitions
  local raw=$1 file
  shift
  if [[ $# -eq 0 || -f $(dpdisp_below_root "$raw") ]]; then set -- "$raw"; fi
  file=$(dpdisp_below_root "$1")
  if [[ ! -e $file ]]; then file=$(builtin type -P -- "$1") || file=; fi
  if [[ ! -r $file || -d $file ]]; then
    builtin printf 'dpdisp: cannot source "%s": no such file that can be read\n' "$raw" >&2
    exit 1
  fi
  shift
  # shellcheck disable=SC2034 # the job script reads it
  dpdisp_file=("$file" "$@")
  dpdisp_restore_aliases
}
dpdisp_below_root() {
  case $1 in
    /*) builtin printf '%s' "$1" ;;
    *) builtin printf '%s' "$dpdisp_root/$1" ;;
  esac
}

# dpdisp_require_module: sets the command `module` up where its own variables name the place, because a shell without login may not
# have it. Without it the job continues: what the modules provide may be there.
dpdisp_require_module() {
  local home
  for home in "${LMOD_PKG-}" "${MODULESHOME-}"; do
    ! builtin type module >/dev/null 2>&1 || return 0
    # shellcheck disable=SC1091 # not available
    if [[ -n $home && -r $home/init/bash ]]; then . "$home/init/bash"; fi
  done
  builtin type module >/dev/null 2>&1 || dpdisp_write_record "jobWarning moduleNotFound"
  dpdisp_restore_aliases
}

# dpdisp_open_lines FIELD, dpdisp_close_lines: stand around the user's lines. The second is not reached where the shell cannot read
# the lines to their end.
dpdisp_open_lines() {
  dpdisp_remove_redefinitions
  dpdisp_restore_aliases
  dpdisp_open_field=$1
}
dpdisp_close_lines() {
  dpdisp_open_field=
}

# dpdisp_report_open_field: the user's lines could not be read to their end.
dpdisp_report_open_field() {
  builtin printf 'dpdisp: the shell cannot read the lines of %s\n' "$dpdisp_open_field" >&2
}

# dpdisp_reset_options, dpdisp_restore_options: the shell options that the user set hold for the user's lines only.
dpdisp_reset_options() {
  set +aefkmuvxCET
}
dpdisp_restore_options() {
  local letter
  dpdisp_restore_aliases
  for letter in a e f k u C E T v x; do
    case $dpdisp_options in
      *"$letter"*) set "-$letter" ;;
    esac
  done
}

# dpdisp_restore_aliases: aliases are expanded again, where they were before dpdisp_remove_redefinitions.
dpdisp_restore_aliases() {
  [[ -z ${dpdisp_aliases-} ]] || builtin shopt -s expand_aliases
}

# dpdisp_start_tasks [adopt]: the setup has ended and tasks follow. With `adopt`, other people's lines were run, which may have set a
# trap on EXIT.
dpdisp_start_tasks() {
  dpdisp_remove_redefinitions
  dpdisp_options=$-
  dpdisp_reset_options
  [[ $# -eq 0 ]] || dpdisp_adopt_exit_trap
  if [[ -n $dpdisp_open_field ]]; then
    dpdisp_report_open_field
    exit 1
  fi
  builtin cd -- "$dpdisp_root" || exit 1
  dpdisp_phase=tasks
  dpdisp_open_pipe
}

# dpdisp_adopt_exit_trap: a trap on EXIT that the user set is run by ours. Where the shell does not show it, it stays as it is.
dpdisp_adopt_exit_trap() {
  local shown words
  shown=$(trap -p EXIT)
  case $shown in
    '' | *dpdisp_on_exit*) return 0 ;;
  esac
  eval "words=($shown)"
  dpdisp_user_exit_trap=${words[2]}
  trap dpdisp_on_exit EXIT
}
