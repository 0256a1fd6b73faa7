#!/usr/bin/env bash
# shellcheck source-path=SCRIPTDIR
# Records what a real Slurm answers into tests/transcripts: record_slurm.sh [--accounting]
# Starts a testbed of its own kind and stops it at the end. Takes about six minutes.
set -uo pipefail
bed=slurm
handed_on=(SLURM_CONF)
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=common.sh
. "$here/common.sh"
export SLURM_CONF=$dir/slurm.conf
work=$dir/work
release="slurm-wlm 22.05.8"
# shellcheck source=transcript.sh
. "$here/transcript.sh"
# shellcheck source=record_slurm_steps.sh
. "$here/record_slurm_steps.sh"

main() {
  trap '"$here/slurm.sh" stop' EXIT
  "$here/slurm.sh" start "$@" >/dev/null || exit 1
  open_work
  job_scripts
  if [ "${1-}" = --accounting ]; then with_accounting; else without_accounting; fi
}

main "$@"
