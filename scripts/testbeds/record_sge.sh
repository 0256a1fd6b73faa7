#!/usr/bin/env bash
# shellcheck source-path=SCRIPTDIR
# Records what a real Grid Engine answers into tests/transcripts.
# Starts a testbed and stops it at the end. Takes about seven minutes.
set -uo pipefail
bed=sge
handed_on=(SGE_ROOT SGE_CELL SGE_QMASTER_PORT SGE_EXECD_PORT)
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=common.sh
. "$here/common.sh"
work=$dir/work
release="gridengine 8.1.9"
# shellcheck source=transcript.sh
. "$here/transcript.sh"
# shellcheck source=record_sge_steps.sh
. "$here/record_sge_steps.sh"

main() {
  trap '"$here/sge.sh" stop' EXIT
  eval "$("$here/sge.sh" start)"
  [ -n "${SGE_ROOT-}" ] || exit 1
  open_work
  job_scripts
  submits
  refusals
  listings
  endings
  deletions
  unreachable
}

main "$@"
