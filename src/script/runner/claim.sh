# Which copy of a job runs its tasks: the one whose id is in the lock.

# dpdisp_begin ROOT DIR NAME ID TASKS AT_ONCE SCRIPT [INDEX SIZE]: claims the job, or ends this copy of it.
# DIR is the run directory; INDEX and SIZE select the part of TASKS that an array element runs.
dpdisp_begin() {
  # Some batch systems copy the environment of the submit command, which runs with LC_ALL=C.
  if [[ "${DPDISP_LC_ALL+set}.${LC_ALL-}" = set.C ]]; then
    case $DPDISP_LC_ALL in '') unset LC_ALL ;; *) export LC_ALL="${DPDISP_LC_ALL#=}" ;; esac
  fi
  unset DPDISP_LC_ALL
  dpdisp_root=$1 dpdisp_dir=$2 dpdisp_job=$3 dpdisp_copy=$3 dpdisp_id=$4
  dpdisp_first=0 dpdisp_last=$5 dpdisp_at_once=$6
  # shellcheck disable=SC2034 # the task's shell reads it
  dpdisp_script=$1/$7
  # For the id of a job of batch type Shell.
  unset DPDISP_HOST DPDISP_SELF
  # The user's own values of variables whose names the submit script uses: many batch systems copy the environment of the submit
  # command. Batch type Shell has done this before.
  eval "unset DPDISP_ENVIRONMENT
${DPDISP_ENVIRONMENT-}"
  dpdisp_unwritten='' dpdisp_stop_reason='' dpdisp_signal='' dpdisp_open_field='' dpdisp_restarted='' dpdisp_closed='' dpdisp_user_exit_trap=''
  dpdisp_number=0 dpdisp_succeeded=0 dpdisp_phase=setup dpdisp_options=''
  dpdisp_patience=${dpdisp_patience:-60}
  dpdisp_pids=() dpdisp_keys=() dpdisp_commands=() dpdisp_directories=() dpdisp_error_logs=() dpdisp_error_starts=() dpdisp_gpus=() dpdisp_gpu_of=() dpdisp_gpu_load=()
  [[ -n $dpdisp_id ]] || dpdisp_fail_claim "the batch system gave job $dpdisp_copy no id"
  [[ $# -le 7 ]] || dpdisp_select_element "${8-}" "${9-}"
  dpdisp_claim
  trap dpdisp_on_exit EXIT
  local signal
  for signal in TERM INT HUP XCPU USR1 USR2; do
    # shellcheck disable=SC2064 # the name is meant to be put in now
    trap "dpdisp_on_signal $signal" "$signal"
  done
  dpdisp_set_now
  dpdisp_to_word "$dpdisp_id"
  local id=$dpdisp_word
  dpdisp_to_word "${HOSTNAME:-$(command uname -n)}"
  dpdisp_write_record "jobStarted $id $dpdisp_word $dpdisp_now"
  dpdisp_may_start || exit 0
  builtin cd -- "$dpdisp_root" || exit 1
}

# dpdisp_fail_claim MESSAGE: ends this copy, which has claimed nothing and runs nothing. 75 is EX_TEMPFAIL of sysexits.h.
dpdisp_fail_claim() {
  builtin printf 'dpdisp: %s\n' "$1" >&2
  exit 75
}

# dpdisp_select_element INDEX SIZE: this copy is element INDEX, with SIZE tasks of the job.
dpdisp_select_element() {
  case $1 in
    '' | *[!0-9]*) dpdisp_fail_claim "the batch system gave an element of job $dpdisp_copy no index: \"$1\"" ;;
  esac
  dpdisp_copy=$dpdisp_job.$((10#$1))
  local tasks=$dpdisp_last
  dpdisp_first=$((10#$1 * $2)) dpdisp_last=$(((10#$1 + 1) * $2))
  [[ $dpdisp_last -le $tasks ]] || dpdisp_last=$tasks
  [[ $dpdisp_first -le $dpdisp_last ]] || dpdisp_first=$dpdisp_last
}

# dpdisp_claim: takes the lock. Only one copy can make a symlink of a name, on a network file system too, and the symlink names its
# owner.
dpdisp_claim() {
  local lock=$dpdisp_dir/locks/$dpdisp_copy owner error
  dpdisp_record_file=$dpdisp_dir/records/$dpdisp_copy
  error=$(exec ln -s "run:$dpdisp_id" "$lock" 2>&1) && return 0
  owner=$(command readlink "$lock")
  case $owner in
    "run:$dpdisp_id") dpdisp_read_done ;;
    '')
      [[ -d $dpdisp_dir ]] || exit 0
      dpdisp_fail_claim "cannot claim job $dpdisp_copy: $error"
      ;;
    *) dpdisp_yield "$owner" ;;
  esac
}

# dpdisp_yield OWNER: ends this copy because OWNER has the lock. It writes a record file of its own: each file has one writer.
dpdisp_yield() {
  local reason=duplicate
  case $1 in
    fenced:*) reason=fenced ;;
  esac
  dpdisp_record_file=$dpdisp_record_file.${dpdisp_id//[!A-Za-z0-9_-]/_}
  dpdisp_stop "$reason" "$1"
  exit 0
}

# dpdisp_read_done: the batch system started this job again; tasks that succeeded by its record are not run again.
dpdisp_read_done() {
  local job verb key code at check text
  dpdisp_restarted=yes
  [[ -s $dpdisp_record_file ]] || return 0
  # Ends a line that was torn.
  dpdisp_unwritten=$'\n'
  while IFS=' ' builtin read -r job verb key code at check || [[ -n $job ]]; do
    [[ "$job $verb $code" = "$dpdisp_copy taskExited 0" ]] || continue
    text="$job $verb $key $code $at"
    [[ $check = "#${#text}" ]] || continue
    case $key in
      '' | *[!A-Za-z0-9_]*) ;;
      *) eval "dpdisp_done_$key=yes" ;;
    esac
  done <"$dpdisp_record_file"
}

# dpdisp_supersede NAME...: tells earlier jobs that this job runs their tasks now.
dpdisp_supersede() {
  local old
  for old in "$@"; do
    builtin printf '%s\n' "$dpdisp_copy" >|"$dpdisp_dir/superseded/$old" ||
      builtin printf 'dpdisp: cannot record that job %s is superseded by %s\n' "$old" "$dpdisp_copy" >&2
  done
}

# dpdisp_may_start: whether another task may start.
dpdisp_may_start() {
  local by=
  [[ -z $dpdisp_stop_reason ]] || return 1
  dpdisp_wait_for_root
  if [[ -e $dpdisp_dir/superseded/$dpdisp_job ]]; then
    IFS= builtin read -r by <"$dpdisp_dir/superseded/$dpdisp_job"
    dpdisp_stop superseded "$by"
  elif [[ ! -d $dpdisp_dir ]]; then
    dpdisp_stop removed ''
  fi
  [[ -z $dpdisp_stop_reason ]]
}

# dpdisp_wait_for_root: waits a minute for a root that is not there, as while a home directory is moved or its server restarts. Where
# only the run directory is missing, somebody has removed it.
dpdisp_wait_for_root() {
  local seconds=0
  while [[ ! -d $dpdisp_dir && ! -d $dpdisp_root && $seconds -lt $dpdisp_patience ]]; do
    command sleep 1
    seconds=$((seconds + 1))
  done
}
