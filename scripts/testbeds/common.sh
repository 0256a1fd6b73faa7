# shellcheck shell=bash
# What both testbeds share: where they live, how they wait, how they end.
# The sourcing script sets before: $bed, the name of its folder, and handed_on, the
# names of the variables that its daemons need.

root=${DPDISP_TESTBED_DIR:-/tmp/dpdisp-testbed}
dir=$root/${bed:?}
: "${handed_on:?}"
# Ten ports for each folder, below those that the kernel hands out, so that testbeds
# in different folders can run side by side.
# shellcheck disable=SC2034 # the sourcing scripts share them out
first_port=$((20000 + $(printf %s "$dir" | cksum | cut -d ' ' -f 1) % 1200 * 10))
# Jobs of the testbeds can be handed in by this user, who is not root.
test_user=dpdisp-test
# Every program that a testbed starts carries this variable, and hands it on.
mark=DPDISP_TESTBED_MARK=$dir

say() { echo "$bed: $*" >&2; }

fail() {
  say "$*"
  exit 1
}

# Prints `export NAME=value` for a caller that evals it.
assignment() { printf 'export %s=%q\n' "$1" "$2"; }

# Runs a command with both outputs on stderr: stdout belongs to the assignments.
quietly() { "$@" >&2; }

# One start or stop at a time: runs this script again below a lock that no daemon inherits.
lock() { # script, its arguments…
  [ "${DPDISP_TESTBED_LOCKED-}" = "$bed" ] && unset DPDISP_TESTBED_LOCKED && return 0
  mkdir -p "$root"
  DPDISP_TESTBED_LOCKED=$bed exec flock -o -w 120 "${lock_file:-$root/$bed.lock}" "$@"
}

# Starts a program that puts itself into the background, as an init system would:
# nothing of the caller's environment but the names in `handed_on` (Grid Engine hands
# the environment of its daemon to every job).
daemon() {
  local name kept=()
  for name in "${handed_on[@]}"; do kept+=("$name=${!name}"); done
  env -i "$mark" PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 "${kept[@]}" "$@" \
    >>"$dir/start.log" 2>&1 </dev/null && return 0
  tail -n 5 "$dir/start.log" >&2
  stop_all
  fail "cannot start $1"
}

# Asks ten times a second until the command succeeds; the whole script has 60 s
# from the call of `start_the_clock`.
start_the_clock() { SECONDS=0; }

until_ready() { # what, command…
  local what=$1
  shift
  until "$@" >/dev/null 2>&1; do
    [ "$SECONDS" -lt 60 ] || {
      stop_all
      fail "no $what within 60 s; see the logs in $dir"
    }
    sleep 0.1
  done
}

packages() {
  local missing=() name
  for name in "$@"; do
    dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null | grep -qx installed ||
      missing+=("$name")
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  say "installing ${missing[*]}"
  install_without_starting "${missing[@]}"
}

# Debian's packages start their daemons when they are installed, unless a policy forbids it.
install_without_starting() {
  local policy=/usr/sbin/policy-rc.d ours=no
  [ -e "$policy" ] || {
    ours=yes
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
  }
  quietly apt-get -qq -o DPkg::Lock::Timeout=300 update &&
    DEBIAN_FRONTEND=noninteractive quietly apt-get -qq -y -o DPkg::Lock::Timeout=300 \
      -o Dpkg::Use-Pty=0 install --no-install-recommends "$@"
  local code=$?
  [ "$ours" = no ] || rm -f "$policy"
  [ "$code" -eq 0 ] || fail "cannot install $*"
}

# A plain user with its own home. `*` keeps passwords out and lets keys in.
ensure_test_user() {
  id "$test_user" >/dev/null 2>&1 && return 0
  quietly useradd -m -s /bin/bash "$test_user"
  quietly usermod -p '*' "$test_user"
}

# Files of /proc that hold a line (or, with -z, a variable), as process ids.
holders() { # options and text of grep, name of the file
  grep -l "${@:1:$#-1}" /proc/[0-9]*/"${!#}" 2>/dev/null | cut -d / -f 3
}

# Every living process that carries the mark, and every one below one of them, in order.
# A testbed names others in `strays`.
ours() {
  local marked
  marked="$(holders -zxF "$mark" environ) $(strays)"
  ps -e -o pid=,ppid=,stat= | awk -v marked="$marked" '
    BEGIN { n = split(marked, list); for (i = 1; i <= n; i++) mine[list[i]] = 1 }
    $3 !~ /^Z/ { parent[$1] = $2 }
    END {
      for (pid in parent)
        for (up = pid; up > 1; up = parent[up]) if (up in mine) { print pid; break }
    }' | sort -n
}

# Freezes daemons and jobs until no new one appears, so that none is orphaned unseen,
# then kills them at once. Nothing is lost: a start begins from nothing.
stop_all() {
  local seen=none left
  left=$(ours)
  while [ "$left" != "$seen" ]; do
    seen=$left
    send STOP "$seen"
    left=$(ours)
  done
  send KILL "$left"
  start_the_clock
  while [ -n "$(ours)" ]; do
    [ "$SECONDS" -lt 60 ] || fail "these processes do not end: $(ours)"
    sleep 0.1
  done
}

send() { # signal, process ids
  # shellcheck disable=SC2086 # a list of numbers
  [ -z "$2" ] || kill "-$1" $2 2>/dev/null || true
}

# An empty folder that every user may enter.
fresh_folder() {
  rm -rf "$dir"
  mkdir -p "$dir"
  chmod 755 "$root" "$dir"
}
