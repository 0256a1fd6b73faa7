# shellcheck shell=bash disable=SC2154
# Writes down what a program answers. The sourcing script sets before: $release, as in
# "slurm-wlm 22.05.8", and $work, a folder that the test user may write to.

transcripts=${DPDISP_TRANSCRIPTS:-$here/../../tests/transcripts}

# With the search path of a plain machine, because some answers show it.
as_user() { (cd "${work:?}" && runuser -u "$test_user" -- env PATH=/usr/bin:/bin "$@"); }

# Files are named <program>-<version>-<what>.txt: a header line, then both outputs as they came.
transcript() { # what, the command line as a user would type it
  local what=$1 line=$2 code
  local file=$transcripts/${line%% *}-${release##* }-$what.txt
  as_user bash -c "$line" >"$work/.stdout" 2>"$work/.stderr"
  code=$?
  {
    echo "# $line | $release | $(date +%F) | exit $code"
    echo "--- stdout"
    cat "$work/.stdout"
    echo "--- stderr"
    cat "$work/.stderr"
  } >"$file"
  say "$(basename "$file"): exit $code"
}

# Asks until the command succeeds; jobs that need a minute get two.
until_true() { # command…
  local tries
  for ((tries = 0; tries < 600; tries++)); do
    "$@" && return 0
    sleep 0.2
  done
  fail "in vain: $*"
}

says() { # word, command…
  [[ $(as_user "${@:2}" 2>&1) == *"$1"* ]]
}

# Waits for a word on either output of a command.
until_says() { until_true says "$@"; }

# A job script of the given name and text.
job_script() { # name, text
  printf '#!/bin/sh\n%s\n' "$2" >"$work/$1"
}

open_work() {
  mkdir -p "$transcripts" "$work"
  chown "$test_user": "$work"
}
