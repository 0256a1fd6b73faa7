# shellcheck shell=bash disable=SC2154
# The situations in which Grid Engine is asked; `record_sge.sh` runs them.

job_scripts() {
  job_script ok.sh 'true'
  job_script bad.sh 'exit 3'
  job_script long.sh 'sleep 600'
  job_script self-kill.sh 'kill -9 $$'
  job_script stubborn.sh 'trap "" TERM; sleep 600'
}

submit() { as_user qsub -terse -cwd -S /bin/sh "$@"; }

# Whether qstat shows the job, with these letters where some are named.
shown() { # id, letters
  qstat -u "$test_user" | grep -q "^ *$1 .* ${2-} "
}

gone() { ! shown "$1"; }

until_letters() { until_true shown "$@"; }

until_accounted() { until_true accounted "$1"; }

accounted() { qacct -j "$1" >/dev/null 2>&1; }

submits() {
  transcript accepted "qsub -terse -cwd ok.sh"
  transcript accepted-words "qsub -cwd ok.sh"
  transcript accepted-array "qsub -terse -cwd -t 1-3 ok.sh"
  transcript accepted-array-words "qsub -cwd -t 1-3 ok.sh"
}

refusals() {
  transcript refused-pe "qsub -terse -pe nowhere 4 ok.sh"
  transcript refused-pe-slots "qsub -terse -w e -pe mpi 99 ok.sh"
  transcript accepted-pe-slots "qsub -terse -N never -pe mpi 99 ok.sh"
  transcript refused-queue "qsub -terse -q nowhere.q ok.sh"
  transcript refused-name-digit "qsub -terse -N 1job ok.sh"
  transcript refused-name-colon "qsub -terse -N a:b ok.sh"
  transcript refused-option "qsub -terse -no-such-option ok.sh"
  transcript refused-no-file "qsub -terse no-such-file.sh"
  transcript refused-resource "qsub -terse -l gpu=1 ok.sh"
  transcript refused-project "qsub -terse -P nowhere ok.sh"
  limit max_u_jobs 1
  quietly submit -N first long.sh
  transcript refused-job-limit "qsub -terse ok.sh"
  limit max_u_jobs 0
  quietly as_user qdel -u "$test_user"
}

# One setting of the global configuration.
limit() { # name, value
  qconf -sconf global | sed "1d; s/^$1 .*/$1 $2/" >"$dir/global"
  quietly qconf -Mconf "$dir/global"
}

# Jobs with every set of letters that can be had at once. An execd that does not
# answer keeps a deleted job in `dr`.
listings() {
  local ran held asleep broken dies again execd
  execd=$(cat "$dir/spool/execd/localhost/execd.pid")
  transcript empty "qstat"
  transcript empty-xml "qstat -xml"
  broken=$(as_user qsub -terse -N broken -wd /no/such/folder -S /bin/sh ok.sh)
  until_letters "$broken" Eqw
  ran=$(submit -N a_very_long_name_of_a_job -pe mpi 11 long.sh)
  asleep=$(submit -N asleep long.sh)
  again=$(submit -N again -r y long.sh)
  dies=$(submit -N dies long.sh)
  quietly submit -N held_while_running long.sh
  until_letters "$dies" r
  until_letters "$again" r
  until_letters "$asleep" r
  quietly qmod -rj "$again"
  transcript rescheduled "qstat"
  until_letters "$again" Rr
  quietly submit -N waits -pe smp 12 ok.sh
  held=$(submit -N held -h ok.sh)
  quietly submit -N after -hold_jid "$ran" ok.sh
  quietly submit -N array -t 1-4 -tc 1 long.sh
  quietly as_user qmod -sj "$asleep"
  quietly as_user qhold held_while_running
  until_letters "$asleep" s
  kill -STOP "$execd"
  quietly as_user qdel "$dies"
  transcript mixed "qstat"
  transcript mixed-user "qstat -u $test_user"
  transcript mixed-array-tasks "qstat -g d"
  transcript mixed-xml "qstat -xml"
  transcript one "qstat -j $held"
  transcript error "qstat -j $broken"
  transcript unknown "qstat -j 999999"
  transcript unknown-xml "qstat -xml -j 999999"
  kill -CONT "$execd"
  quietly as_user qmod -usj "$asleep"
  quietly qmod -sq main.q
  until_letters "$ran" S
  transcript queue-suspended "qstat"
  quietly qmod -usq main.q
  quietly as_user qdel -u "$test_user"
  until_true gone "$ran"
}

# One job for each way to end, as accounting tells it.
endings() {
  local -A ended=()
  local what array
  ended[success]=$(submit -N success ok.sh)
  ended[failure]=$(submit -N failure bad.sh)
  ended[killed]=$(submit -N killed self-kill.sh)
  ended[over-time]=$(submit -N over-time -l h_rt=2 long.sh)
  ended[deleted]=$(submit -N deleted long.sh)
  array=$(submit -N array -t 1-2 bad.sh)
  until_letters "${ended[deleted]}" r
  quietly as_user qdel "${ended[deleted]}"
  for what in "${!ended[@]}"; do
    until_accounted "${ended[$what]}"
    transcript "$what" "qacct -j ${ended[$what]}"
  done
  until_accounted "${array%%.*}"
  transcript array "qacct -j ${array%%.*}"
  transcript unknown "qacct -j 999999"
  transcript by-name "qacct -j failure"
}

deletions() {
  local id
  id=$(submit ok.sh)
  until_accounted "$id"
  transcript ended "qdel $id"
  transcript unknown "qdel 999999"
  id=$(submit -N queued -h ok.sh)
  transcript queued "qdel $id"
  transcript deleted-while-queued "qacct -j $id"
  id=$(submit -N running long.sh)
  until_letters "$id" r
  transcript running "qdel $id"
  transcript several "qdel $id 999999"
  until_true gone "$id"
  transcript ended "qstat -s z"
  transcript all-xml "qstat -xml -s prsz"
}

# A paused qmaster is waited for for two minutes, and has no job afterwards.
unreachable() {
  local pid
  pid=$(cat "$dir/spool/qmaster/qmaster.pid")
  kill -STOP "$pid"
  transcript paused "qsub -terse -N sent_to_paused -h ok.sh"
  kill -CONT "$pid"
  transcript after-pause "qstat"
  kill "$pid"
  until_says "unable to" qstat
  transcript stopped "qstat"
  transcript stopped "qsub -terse ok.sh"
  transcript stopped "qdel 1"
}
