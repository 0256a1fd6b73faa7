#!/usr/bin/env bash
# shellcheck source-path=SCRIPTDIR
# A real Grid Engine on this machine for tests: sge.sh start | stop | status | env
# `start` begins anew each time and prints assignments for `eval`; all else goes to stderr.
# Jobs are handed in by the user dpdisp-test: Grid Engine runs none of root's.
set -uo pipefail
bed=sge
handed_on=(SGE_ROOT SGE_CELL SGE_QMASTER_PORT SGE_EXECD_PORT)
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=common.sh
. "$here/common.sh"
# shellcheck source=sge_conf.sh
. "$here/sge_conf.sh"
programs=/usr/lib/gridengine
export SGE_ROOT=$dir/root SGE_CELL=default SGE_QMASTER_PORT=$first_port SGE_EXECD_PORT=$((first_port + 1))

usage() { fail "usage: sge.sh start | stop | status | env"; }

assignments() {
  assignment SGE_ROOT "$SGE_ROOT"
  assignment SGE_CELL "$SGE_CELL"
  assignment SGE_QMASTER_PORT "$SGE_QMASTER_PORT"
  assignment SGE_EXECD_PORT "$SGE_EXECD_PORT"
  assignment DPDISP_TESTBED_SGE "$dir"
  assignment DPDISP_TESTBED_USER "$test_user"
}

# Debian's programs below a root of our own, so that an installed cell is left alone.
make_root() {
  local common=$SGE_ROOT/$SGE_CELL/common name
  mkdir -p "$common" "$dir/spool/db" "$dir/spool/qmaster/job_scripts" "$dir/spool/execd"
  for name in bin lib util utilbin; do ln -s "/var/lib/gridengine/$name" "$SGE_ROOT/$name"; done
  bootstrap_conf >"$common/bootstrap"
  # One name for this machine: the address 127.0.0.1 resolves to localhost.
  echo "localhost $(hostname)" >"$common/host_aliases"
  echo localhost >"$common/act_qmaster"
  global_conf >"$dir/global.conf"
  install -d -m 1777 "$dir/tmp"
  chown -R sgeadmin: "$SGE_ROOT/$SGE_CELL" "$dir/spool"
}

# Jobs inherit the environment of the daemons, and the mark with it.
strays() { :; }

as_admin() { runuser -u sgeadmin -- "$@"; }

make_spool() {
  local resources=/usr/share/gridengine/util/resources
  as_admin "$programs/spoolinit" berkeleydb libspoolb "$dir/spool/db" init &&
    as_admin "$programs/spooldefaults" configuration "$dir/global.conf" &&
    as_admin "$programs/spooldefaults" complexes "$resources/centry" &&
    as_admin "$programs/spooldefaults" usersets "$resources/usersets" &&
    as_admin "$programs/spooldefaults" managers sgeadmin
}

# qconf reads settings from a file that sgeadmin can read.
configure() { # option of qconf; the settings on stdin
  cat >"$dir/setting" && as_admin qconf "$1" "$dir/setting"
}

configure_all() {
  as_admin qconf -as localhost
  host_group | configure -Ahgrp
  parallel_environment mpi | configure -Ap
  parallel_environment smp | configure -Ap
  as_admin qconf -ssconf | quick_scheduler | configure -Msconf
  as_admin qconf -sq | main_queue | configure -Aq
}

queue_is_ready() { qstat -f -q main.q | grep -q '^main.q@localhost .* lx-[a-z0-9]* *$'; }

start() {
  packages gridengine-master gridengine-exec gridengine-client procps
  ensure_test_user
  stop_all
  fresh_folder
  make_root
  start_the_clock
  quietly make_spool || fail "cannot make the spool"
  daemon "$programs/sge_qmaster"
  until_ready "answer of the qmaster" qconf -sh
  quietly configure_all
  daemon "$programs/sge_execd"
  until_ready "ready queue" queue_is_ready
  say "ready after $SECONDS s"
  assignments
}

up() { [ -d "$SGE_ROOT" ] && timeout 5 qconf -sh >/dev/null 2>&1; }

main() {
  [ $# -eq 1 ] || usage
  case "$1" in
    start) lock "$0" "$@" && start ;;
    stop) lock "$0" "$@" && stop_all && say "stopped" ;;
    status) if up; then say "running" && quietly qstat -f; else say "stopped" && return 1; fi ;;
    env) assignments ;;
    *) usage ;;
  esac
}

main "$@"
