#!/usr/bin/env bash
# shellcheck source-path=SCRIPTDIR
# A real Slurm on this machine for tests: slurm.sh start [--accounting] | stop | status | env
# | controller stop|start|pause|go-on
# `start` begins anew each time and prints assignments for `eval`; all else goes to stderr.
set -uo pipefail
bed=slurm
handed_on=(SLURM_CONF)
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=common.sh
. "$here/common.sh"
# shellcheck source=slurm_conf.sh
. "$here/slurm_conf.sh"
export SLURM_CONF=$dir/slurm.conf

usage() { fail "usage: slurm.sh start [--accounting] | stop | status | env | controller stop|start|pause|go-on"; }

assignments() {
  assignment SLURM_CONF "$SLURM_CONF"
  assignment DPDISP_TESTBED_SLURM "$dir"
}

# slurmstepd wipes its environment, but stays in the folder that slurmd was started in.
stepds() {
  local pid
  for pid in $(holders -x slurmstepd comm); do
    [[ $(readlink "/proc/$pid/cwd")/ == "$dir"[/\ ]* ]] && echo "$pid"
  done
}

# Jobs have the environment of whoever handed them in, not slurmd's. They may have left their stepd.
strays() {
  stepds
  comm -12 <(holders -zxF "SLURM_CONF=$SLURM_CONF" environ | sort) \
    <(holders -z '^SLURM_JOB_ID=' environ | sort)
}

start_munge() {
  mkdir "$dir/munge"
  chmod 700 "$dir/munge"
  head -c 128 /dev/urandom >"$dir/munge/key"
  chmod 400 "$dir/munge/key"
  daemon munged --key-file="$dir/munge/key" --seed-file="$dir/munge/seed" \
    --pid-file="$dir/munge/pid" --log-file="$dir/munge/log" --socket="$dir/munge.socket"
  until_ready "munge" munge -n -S "$dir/munge.socket"
}

# A MariaDB of the testbed's own, reached by its socket only.
start_mariadb() {
  local socket=$dir/mariadb.socket
  install -d -o mysql "$dir/mariadb"
  daemon mariadb-install-db --no-defaults --user=mysql --datadir="$dir/mariadb" \
    --auth-root-authentication-method=normal --skip-test-db
  daemon setsid -f mariadbd --no-defaults --user=mysql --datadir="$dir/mariadb" --skip-networking \
    --socket="$dir/mariadb/socket" --pid-file="$dir/mariadb/pid" \
    --innodb-buffer-pool-size=32M --innodb-flush-log-at-trx-commit=0
  ln -s "$dir/mariadb/socket" "$socket"
  until_ready "MariaDB" mariadb-admin --no-defaults --socket="$socket" -u root ping
}

start_accounting() {
  start_mariadb
  (umask 077 && slurmdbd_conf >"$dir/slurmdbd.conf")
  daemon env MYSQL_UNIX_PORT="$dir/mariadb.socket" slurmdbd
  until_ready "slurmdbd" sacctmgr -n show cluster
  # Associations: who may submit. `tight` is a QOS that refuses a user's second job.
  quietly sacctmgr -i -Q add cluster testbed
  quietly sacctmgr -i -Q add qos tight MaxSubmitJobsPerUser=1
  quietly sacctmgr -i -Q add account lab
  quietly sacctmgr -i -Q add user root,$test_user account=lab qos=normal,tight
}

all_idle() { [ "$(sinfo -h -N -o %T | sort -u)" = idle ]; }

start() { # accounting: yes or no
  local names=(slurm-wlm munge procps) node
  [ "$1" = no ] || names+=(slurmdbd mariadb-server)
  packages "${names[@]}"
  ensure_test_user
  stop_all
  fresh_folder
  mkdir "$dir/state"
  start_the_clock
  slurm_conf "$1" >"$SLURM_CONF"
  cgroup_conf >"$dir/cgroup.conf"
  start_munge
  [ "$1" = no ] || start_accounting
  daemon slurmctld
  for node in n1 n2; do daemon slurmd -N "$node"; done
  until_ready "answer of slurmctld" scontrol ping
  until_ready "idle nodes" all_idle
  say "ready after $SECONDS s"
  assignments
}

stop() {
  stop_all
  remove_cgroups
  say "stopped"
}

# What happens to controllers: they are stopped and keep their state, are started, hang, go on.
controller() { # stop, start, pause or go-on
  local pid
  pid=$(cat "$dir/slurmctld.pid" 2>/dev/null)
  start_the_clock
  case "$1" in
    stop)
      send TERM "$pid"
      until_ready "end of slurmctld" controller_is_gone "$pid"
      ;;
    start)
      daemon slurmctld
      until_ready "answer of slurmctld" scontrol ping
      ;;
    pause) send STOP "$pid" ;;
    go-on) send CONT "$pid" ;;
    *) usage ;;
  esac
}

controller_is_gone() { ! kill -0 "$1" 2>/dev/null; }

up() { [ -r "$SLURM_CONF" ] && timeout 5 scontrol ping >/dev/null 2>&1; }

main() {
  local accounting=no
  [ $# -gt 0 ] || usage
  case "$1 ${2-}" in
    "$1 " | controller\ *) ;;
    "start --accounting") accounting=yes ;;
    *) usage ;;
  esac
  case "$1" in
    start) lock "$0" "$@" && start "$accounting" ;;
    stop) lock "$0" "$@" && stop ;;
    status) if up; then say "running" && quietly sinfo; else say "stopped" && return 1; fi ;;
    env) assignments ;;
    controller) controller "${2-}" ;;
    *) usage ;;
  esac
}

main "$@"
