#!/bin/sh
# shellcheck disable=SC3045 # POSIX leaves out what every sh has: ulimit -S, -H and -v.
# Starts dpdisp: the executable dpdisp.bin beside this file or, in a checkout, the source with deno.
# V8 reserves 48 GiB of addresses at start (no memory) and aborts, before any line of dpdisp, where
# `ulimit -v` forbids it: this file raises the soft limit, or says what to do. Jobs get back the
# limits that it notes here.
needed=50331648
open_files=$(ulimit -Sn 2>/dev/null)
addresses=$(ulimit -Sv 2>/dev/null) || addresses=unlimited

self=$0
while [ -h "$self" ]; do
  link=$(readlink -- "$self") || break
  case $link in
  /*) self=$link ;;
  *) self=$(dirname -- "$self")/$link ;;
  esac
done
dir=$(CDPATH='' cd -- "$(dirname -- "$self")" && pwd -P) || exit 69

start() {
  if [ -x "$dir/dpdisp.bin" ]; then
    exec "$dir/dpdisp.bin" "$@"
  elif [ ! -f "$dir/../main.ts" ]; then
    echo "error: cannot start dpdisp: there is no $dir/dpdisp.bin. Put it beside $self" >&2
    exit 69
  fi
  set -- run --quiet --no-check --allow-all --no-prompt "$dir/../main.ts" "$@"
  if command -v deno >/dev/null 2>&1; then exec deno "$@"; else exec npx -y deno@2.9.6 "$@"; fi
}

# Less than V8 asks for first may do, as it asks for less then. Tried with 2 GiB less, because a run takes more than --version.
can_start() (
  ulimit -Sc 0
  ulimit -Sv $(($1 - 2097152)) && start --version >/dev/null 2>&1
)

if [ "$addresses" != unlimited ]; then
  ulimit -Sv "$(ulimit -Hv)" 2>/dev/null
  limit=$(ulimit -Sv)
  if [ "$limit" != unlimited ] && [ "$limit" -lt "$needed" ] && ! { can_start "$limit"; } 2>/dev/null; then
    echo "error: cannot start dpdisp: ulimit -v is $limit kB and cannot be raised, dpdisp needs $needed kB (48 GiB of addresses, which are reserved and not used). Ask for a higher limit, or run dpdisp on another machine and reach this one with SSHContext." >&2
    exit 69
  fi
fi
DPDISP_LIMITS="open_files=$open_files address_space=$addresses"
export DPDISP_LIMITS
start "$@"
