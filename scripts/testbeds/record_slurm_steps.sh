# shellcheck shell=bash disable=SC2154
# The situations in which Slurm is asked; `record_slurm.sh` runs them.

list="squeue -h -t all -r -o '%i|%T|%r'"
ends="JobIDRaw,State,ExitCode"
codes="squeue -h -t all -r -O 'jobarrayid:30,state:20,exit_code:20'"

job_scripts() {
  job_script ok.sh 'true'
  job_script bad.sh 'exit 3'
  job_script long.sh 'sleep 600'
  # Doubles a word until it holds 256 MiB, then keeps it: over --mem=50M.
  job_script greedy.sh 'python3 -c "import time; a = bytearray(1 << 28); time.sleep(60)"'
}

submit() { as_user sbatch --parsable "$@"; }

until_state() { until_says "$2" squeue -h -t all -r -o %T -j "$1"; }

without_accounting() {
  local slow
  # One job over its time needs a minute: it runs beside the rest.
  slow=$(submit -J slow -t 1 -p brief long.sh)
  submits
  refusals
  listings
  endings
  show_endings
  cancels
  unreachable
  transcript accounting-off "sacct -n -P -X -j 1 -o $ends"
  until_state "$slow" TIMEOUT
  transcript ends-timeout "$codes -j $slow"
  transcript timeout "$list -j $slow"
  full
}

submits() {
  transcript accepted "sbatch --parsable ok.sh"
  transcript accepted-words "sbatch ok.sh"
  transcript limits "scontrol show config | grep -E 'MaxArraySize|MaxJobCount|MinJobAge|JobRequeue|MessageTimeout|SLURM_VERSION|ClusterName'"
}

refusals() {
  transcript refused-partition "sbatch --parsable -p nowhere ok.sh"
  transcript refused-nodes "sbatch --parsable -N 40 ok.sh"
  transcript refused-cpus "sbatch --parsable -N 1 --ntasks-per-node 99 ok.sh"
  transcript refused-gres "sbatch --parsable --gres=gpu:1 ok.sh"
  transcript refused-walltime "sbatch --parsable -p brief -t 10 ok.sh"
  transcript refused-memory "sbatch --parsable --mem=900G ok.sh"
  transcript refused-array "sbatch --parsable --array=0-5000 ok.sh"
  transcript refused-option "sbatch --parsable --no-such-option ok.sh"
  transcript refused-no-file "sbatch --parsable no-such-file.sh"
  printf 'true\n' >"$work/no-interpreter.sh"
  transcript refused-no-interpreter "sbatch --parsable no-interpreter.sh"
  scontrol update PartitionName=brief State=DRAIN
  transcript refused-partition-drained "sbatch --parsable -p brief ok.sh"
  scontrol update PartitionName=brief State=DOWN
  transcript accepted-partition-down "sbatch --parsable -J waits -p brief ok.sh"
  transcript partition-down "$list -n waits"
  scontrol update PartitionName=brief State=UP
}

# Jobs in every state that can be had at once.
listings() {
  local ran forgotten array
  forgotten=$(submit ok.sh)
  until_state "$forgotten" COMPLETED
  ran=$(submit -J running --comment tag1 -N 2 --ntasks-per-node 15 long.sh)
  until_state "$ran" RUNNING
  quietly submit -J held -H ok.sh
  quietly submit -J later --begin=now+1hour ok.sh
  quietly submit -J after -d "afterok:$ran" ok.sh
  quietly submit -J wide -N 2 --exclusive ok.sh
  array=$(submit -J array --array=0-4%1 --comment tag2 bad.sh)
  until_says FAILED squeue -h -t all -r -o %T -j "$array"
  transcript mixed "$list"
  transcript mixed-array-folded "squeue -h -t all -o '%i|%T|%r'"
  transcript by-user "squeue -h -t all -r -u $test_user -o '%i|%j|%T|%F|%A|%k'"
  transcript ends-array "$codes -j $array"
  transcript ends-running "$codes -j $ran"
  scontrol suspend "$ran"
  transcript suspended "$list -j $ran"
  scontrol resume "$ran"
  until_says 'Invalid job id' squeue -h -t all -j "$forgotten"
  transcript forgotten-alone "$list -j $forgotten"
  transcript forgotten-among-others "$list -j $ran,$forgotten,999999"
  transcript forgotten-several "$list -j $forgotten,999999"
  transcript ends-forgotten "$codes -j $forgotten"
  transcript nobodys-name "squeue -h -t all -r -n no-such-name -o '%i|%j|%T'"
  scancel -u "$test_user" -p debug
}

# One job for each way to end, shown by squeue in two ways; ids stay in `ended`.
endings() {
  declare -gA ended=()
  ended[completed]=$(submit -J completed ok.sh)
  ended[failed]=$(submit -J failed bad.sh)
  ended[out-of-memory]=$(submit -J greedy --mem=50M greedy.sh)
  ended[cancelled]=$(submit -J cancelled long.sh)
  ended[node-fail]=$(submit -J node-fail --no-requeue -w n2 long.sh)
  until_state "${ended[cancelled]}" RUNNING
  scancel "${ended[cancelled]}"
  until_state "${ended[node-fail]}" RUNNING
  scontrol update NodeName=n2 State=DOWN Reason=test
  scontrol update NodeName=n2 State=RESUME
  until_state "${ended[out-of-memory]}" OUT_OF_MEMORY
  ended[requeued]=$(submit -J requeued long.sh)
  until_state "${ended[requeued]}" RUNNING
  scontrol requeue "${ended[requeued]}"
}

show_endings() {
  local what
  # Until its processes are gone a requeued job is "completing", and not ended at all.
  transcript requeued-at-once "$list -j ${ended[requeued]}"
  until_state "${ended[requeued]}" PENDING
  for what in "${!ended[@]}"; do
    transcript "ends-$what" "$codes -j ${ended[$what]}"
    transcript "$what" "$list -j ${ended[$what]}"
  done
}

cancels() {
  local id
  id=$(submit ok.sh)
  until_state "$id" COMPLETED
  transcript ended "scancel $id"
  transcript ended-quiet "scancel -Q $id"
  transcript unknown "scancel 999999"
  transcript unknown-quiet "scancel -Q 999999"
  id=$(submit long.sh)
  transcript known "scancel $id"
}

# A paused controller takes the job all the same; a stopped one cannot.
unreachable() {
  local pid
  pid=$(cat "$dir/slurmctld.pid")
  sed 's/^MinJobAge.*/&\nMessageTimeout=2/' "$SLURM_CONF" >"$dir/impatient.conf"
  kill -STOP "$pid"
  SLURM_CONF=$dir/impatient.conf transcript paused "sbatch --parsable -J sent-to-paused long.sh"
  SLURM_CONF=$dir/impatient.conf transcript paused "$list"
  SLURM_CONF=$dir/impatient.conf transcript paused "scancel -Q 999999"
  kill -CONT "$pid"
  transcript after-pause "squeue -h -t all -r -n sent-to-paused -o '%i|%j|%T'"
  kill "$pid"
  until_says 'connect failure' squeue
  transcript stopped "sbatch --parsable ok.sh"
  transcript stopped "$list"
  transcript stopped "scancel -Q 1"
  transcript ends-stopped "$codes -j 1"
  daemon slurmctld
  until_says UP scontrol ping
}

nothing_listed() { [ -z "$(squeue -h -t all)" ]; }

# A controller that holds as many jobs as it may: sbatch itself waits and asks again for two minutes.
full() {
  scancel -u "$test_user"
  kill "$(cat "$dir/slurmctld.pid")"
  sed -i 's/^MaxJobCount=.*/MaxJobCount=2/' "$SLURM_CONF"
  until_says 'connect failure' squeue
  daemon slurmctld
  until_says UP scontrol ping
  until_true nothing_listed
  while quietly as_user timeout 3 sbatch --parsable -H ok.sh; do :; done
  transcript full "sbatch --parsable ok.sh"
}

with_accounting() {
  local slow what array
  slow=$(submit -J slow -t 1 -p brief long.sh)
  transcript refused-account "sbatch --parsable -A nobody ok.sh"
  transcript refused-qos "sbatch --parsable --qos=nowhere ok.sh"
  quietly submit --qos=tight -J first long.sh
  transcript refused-submit-limit "sbatch --parsable --qos=tight ok.sh"
  endings
  array=$(submit -J array --array=0-2 bad.sh)
  ended[running]=$(submit -J running long.sh)
  ended[held]=$(submit -J held -H ok.sh)
  until_says TIMEOUT sacct -n -X -j "$slow" -o State
  ended[timeout]=$slow
  for what in "${!ended[@]}"; do
    transcript "$what" "sacct -n -P -X -j ${ended[$what]} -o $ends"
  done
  transcript timeout-steps "sacct -n -P -j $slow -o JobID,$ends"
  transcript array "sacct -n -P -X -j $array -o JobID,$ends"
  transcript several "sacct -n -P -X -j ${ended[failed]},${ended[running]},999999 -o $ends"
  transcript requeued-each "sacct -n -P -X -D -j ${ended[requeued]} -o $ends"
  transcript by-name "sacct -n -P -X -u $test_user --name failed -o JobIDRaw,JobName,State"
  transcript unknown "sacct -n -P -X -j 999999 -o $ends"
  kill "$(cat "$dir/slurmdbd.pid")"
  until_says error sacct
  transcript slurmdbd-stopped "sacct -n -P -X -j $slow -o $ends"
}
