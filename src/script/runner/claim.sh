# Who runs a job: the copy whose id the lock names.

# dpdisp_begin ROOT DIR NAME ID TASKS AT_ONCE SCRIPT [INDEX SIZE]: claims the job, or ends this copy of it.
# DIR is the submission's folder; INDEX and SIZE pick the part of TASKS that an array element runs.
dpdisp_begin() {
  dpdisp_root=$1 dpdisp_dir=$2 dpdisp_job=$3 dpdisp_me=$3 dpdisp_id=$4
  dpdisp_first=0 dpdisp_last=$5 dpdisp_at_once=$6
  # shellcheck disable=SC2034 # the task's shell reads it
  dpdisp_script=$1/$7
  dpdisp_unsaid='' dpdisp_left='' dpdisp_signal='' dpdisp_reading='' dpdisp_resumed='' dpdisp_closed='' dpdisp_their_exit=''
  dpdisp_number=0 dpdisp_succeeded=0 dpdisp_phase=setup dpdisp_options=''
  dpdisp_pids=() dpdisp_keys=() dpdisp_commands=() dpdisp_gpus=() dpdisp_gpu_of=() dpdisp_gpu_load=()
  [ -n "$dpdisp_id" ] || dpdisp_give_up "the scheduler gave job $dpdisp_me no id"
  [ $# -le 7 ] || dpdisp_slice "${8-}" "${9-}"
  dpdisp_claim
  trap dpdisp_on_exit EXIT
  local signal
  for signal in TERM INT HUP XCPU USR1 USR2; do
    # shellcheck disable=SC2064 # the name is meant to be put in now
    trap "dpdisp_told $signal" "$signal"
  done
  dpdisp_time
  dpdisp_plain "$dpdisp_id"
  local id=$dpdisp_word
  dpdisp_plain "${HOSTNAME:-$(uname -n)}"
  dpdisp_say "begin $id $dpdisp_word $dpdisp_now"
  dpdisp_wanted || exit 0
  builtin cd -- "$dpdisp_root" || exit 1
}

# dpdisp_give_up WHY: nothing was claimed and nothing runs. 75 is sysexits.h's "try again later".
dpdisp_give_up() {
  printf 'dpdisp: %s\n' "$1" >&2
  exit 75
}

# dpdisp_slice INDEX SIZE: this is element INDEX, with SIZE tasks of the job.
dpdisp_slice() {
  case $1 in
    '' | *[!0-9]*) dpdisp_give_up "the scheduler gave an element of job $dpdisp_me no number: \"$1\"" ;;
  esac
  dpdisp_me=$dpdisp_job.$((10#$1))
  local tasks=$dpdisp_last
  dpdisp_first=$((10#$1 * $2)) dpdisp_last=$(((10#$1 + 1) * $2))
  [ "$dpdisp_last" -le "$tasks" ] || dpdisp_last=$tasks
  [ "$dpdisp_first" -le "$dpdisp_last" ] || dpdisp_first=$dpdisp_last
}

# dpdisp_claim: a symlink is made by one copy only, on a network file system too, and carries its owner.
dpdisp_claim() {
  local lock=$dpdisp_dir/locks/$dpdisp_me owner trouble
  dpdisp_record=$dpdisp_dir/records/$dpdisp_me
  trouble=$(exec ln -s "run:$dpdisp_id" "$lock" 2>&1) && return 0
  owner=$(readlink "$lock")
  case $owner in
    "run:$dpdisp_id") dpdisp_resume ;;
    '')
      [ -d "$dpdisp_dir" ] || exit 0
      dpdisp_give_up "cannot claim job $dpdisp_me: $trouble"
      ;;
    *) dpdisp_step_aside "$owner" ;;
  esac
}

# dpdisp_step_aside OWNER: the job is another's. Says so in a file of its own: each is written by one copy.
dpdisp_step_aside() {
  local why=duplicate
  case $1 in
    fenced:*) why=fenced ;;
  esac
  dpdisp_record=$dpdisp_record.${dpdisp_id//[!A-Za-z0-9_-]/_}
  dpdisp_leave "$why" "$1"
  exit 0
}

# dpdisp_resume: the scheduler started this job again; what its record says is done stays done.
dpdisp_resume() {
  local job verb key code at check text
  dpdisp_resumed=yes
  [ -s "$dpdisp_record" ] || return 0
  # Ends a line that was torn.
  dpdisp_unsaid=$'\n'
  while IFS=' ' read -r job verb key code at check || [ -n "$job" ]; do
    [ "$job $verb $code" = "$dpdisp_me exit 0" ] || continue
    text="$job $verb $key $code $at"
    [ "$check" = "#${#text}" ] || continue
    case $key in
      '' | *[!A-Za-z0-9_]*) ;;
      *) eval "dpdisp_done_$key=yes" ;;
    esac
  done <"$dpdisp_record"
}

# dpdisp_take_over NAME...: tells earlier jobs that this one runs their tasks now.
dpdisp_take_over() {
  local old
  for old in "$@"; do
    printf '%s\n' "$dpdisp_me" >|"$dpdisp_dir/over/$old" ||
      printf 'dpdisp: cannot tell job %s that %s takes over\n' "$old" "$dpdisp_me" >&2
  done
}

# dpdisp_wanted: whether another task may start.
dpdisp_wanted() {
  local by=
  [ -z "$dpdisp_left" ] || return 1
  if [ -e "$dpdisp_dir/over/$dpdisp_job" ]; then
    IFS= read -r by <"$dpdisp_dir/over/$dpdisp_job"
    dpdisp_leave superseded "$by"
  elif [ ! -d "$dpdisp_dir" ]; then
    dpdisp_leave gone ''
  fi
  [ -z "$dpdisp_left" ]
}
