#!/usr/bin/env bash
# shellcheck source-path=SCRIPTDIR
# Real OpenSSH servers on this machine for tests: sshd.sh start [--until PID] | stop | status | env
# `start` begins anew each time and prints where they are as one line of JSON; all else goes to
# stderr. With --until they end with that process, and their folder goes.
set -uo pipefail
bed=sshd
handed_on=(DPDISP_TESTBED_SSHD)
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=common.sh
. "$here/common.sh"
# shellcheck source=sshd_conf.sh
. "$here/sshd_conf.sh"
# shellcheck source=sshd_keys.sh
. "$here/sshd_keys.sh"
export DPDISP_TESTBED_SSHD=$dir
# One start at a time on the whole machine: they look for free ports and share accounts.
lock_file=/run/lock/dpdisp-sshd.lock
declare -A port address=([inner]=127.0.0.2 [innermost]=127.0.0.3)
servers=(keys password every code password_code once key_code jump inner innermost)
ipv6=

usage() { fail "usage: sshd.sh start [--until PID] | stop | status | env"; }

# Listeners, and sessions whose listener has died: each has its log open.
strays() {
  local pid
  for pid in $(holders ^dpdisp-sshd comm); do
    [ -z "$(find "/proc/$pid/fd" -lname "$dir/*.log" 2>/dev/null)" ] || echo "$pid"
  done
}

# Accounts stay, since testbeds share them. `*` keeps passwords out and lets keys in.
ensure_user() { # name, login shell, its rc file, the file's text
  local home file
  id "$1" >/dev/null 2>&1 || {
    quietly useradd -m -s "$2" "$1"
    quietly usermod -p '*' "$1"
  }
  home=$(getent passwd "$1" | cut -d : -f 6)
  file=$home/$3
  [ "$(cat "$file" 2>/dev/null)" = "$4" ] ||
    install -m 644 -o "$1" -g "$1" <(echo "$4") "$file"
}

ensure_users() {
  local banner="echo 'Welcome!'; echo '@@ motd'"
  ensure_user dpdisp-far /bin/bash .bashrc '# Says nothing.'
  ensure_user dpdisp-banner /bin/bash .bashrc "$banner; echo 'Maintenance on Monday' >&2"
  ensure_user dpdisp-csh /bin/tcsh .cshrc "$banner"
}

# Below the ports of the other testbeds. 0A is LISTEN; see proc(5).
is_free() {
  ! grep -qE "$(printf ':%04X 0+:0000 0A ' "$1")" /proc/net/tcp /proc/net/tcp6 2>/dev/null &&
    [[ " ${port[*]} " != *" $1 "* ]]
}

choose_ports() {
  local name candidate
  for name in "${servers[@]}"; do
    candidate=$((14000 + RANDOM % 6000))
    until is_free "$candidate"; do candidate=$((14000 + RANDOM % 6000)); done
    port[$name]=$candidate
    : "${address[$name]:=127.0.0.1}"
  done
  if grep -q '^0*1 .* lo$' /proc/net/if_inet6 2>/dev/null; then ipv6=::1; fi
}

# sshd writes its pid file once it listens.
start_server() { # name
  local program
  program=$dir/bin/$(service "$1")
  ln -s /usr/sbin/sshd "$program"
  [ -z "$(pam_auth "$1")" ] || pam_service "$1" >"/etc/pam.d/${program##*/}"
  sshd_conf "$1" "$dir/host/$1"/*[!b] >"$dir/$1.conf"
  daemon "$program" -f "$dir/$1.conf" -E "$dir/$1.log"
}

write_secrets() {
  local name
  password="p\$HOME 'w' $(random 10)"
  passphrase="k\$HOME 'y' $(random 10)"
  totp_secret=$(random 20)
  (umask 077 && printf %s "$password" >"$dir/password")
  printf '#!/bin/sh\nexec cmp -s - %s/password\n' "$dir" >"$dir/check_password"
  chmod 700 "$dir/check_password"
  mkdir -m 700 "$dir/totp"
  for name in code password_code once key_code; do
    (umask 077 && totp_file "$name" >"$dir/totp/$name")
  done
}

random() { head -c "$1" /dev/urandom | base32; } # bytes, a multiple of five

# Strings here need no escapes: folders are checked, secrets are made so.
description() {
  cat <<JSON | tr -d '\n'
{"dir":"$dir","users":{"plain":"dpdisp-far","banner":"dpdisp-banner","csh":"dpdisp-csh"},
"password":"$password","passphrase":"$passphrase","totpSecret":"$totp_secret",
"knownHosts":"$dir/known_hosts","ipv6":"$ipv6",
"keys":{$(for key in $(key_names); do echo "\"$key\":\"$dir/keys/$key\""; done | paste -sd ,)},
"servers":{$(for name in "${servers[@]}"; do server "$name"; done | paste -sd ,)}}
JSON
  echo
}

server() { # name
  printf '"%s":{"host":"%s","port":%s,"log":"%s","pidFile":"%s","hostKeys":"%s"}\n' \
    "$1" "${address[$1]}" "${port[$1]}" "$dir/$1.log" "$dir/$1.pid" "$dir/host/$1"
}

all_listen() {
  local name
  for name in "${servers[@]}"; do [ -s "$dir/$name.pid" ] || return 1; done
}

# Waits in the background, unseen by `stop`: it carries no mark.
end_with() { # process id
  # shellcheck disable=SC2016 # for the other shell
  setsid -f bash -c '
    while kill -0 "$1" && [ -d "$3" ]; do sleep 1; done
    if [ -d "$3" ]; then "$2" stop; rm -rf "$3"; rmdir "${3%/*}"; fi' - "$1" "$here/sshd.sh" "$dir" \
    >/dev/null 2>&1 </dev/null
}

start() { # the process to end with, or nothing
  local name
  [ "$(id -u)" = 0 ] || fail "sshd for several users can be started by root only"
  [[ $dir =~ ^[A-Za-z0-9/._-]+$ ]] || fail "cannot work in this folder: $dir"
  packages openssh-server openssh-client libpam-google-authenticator tcsh procps
  ensure_users
  stop_all
  remove_services
  fresh_folder
  mkdir -p /run/sshd "$dir/bin" "$dir/host" "$dir/keys"
  start_the_clock
  choose_ports
  write_secrets
  make_keys
  known_hosts >"$dir/known_hosts"
  for name in "${servers[@]}"; do start_server "$name"; done
  until_ready "listening sshd" all_listen
  [ -z "$1" ] || end_with "$1"
  description >"$dir/bed.json"
  say "ready after $SECONDS s"
  cat "$dir/bed.json"
}

# Its own, and those of testbeds whose folder is gone.
remove_services() {
  local file owner
  for file in /etc/pam.d/dpdisp-sshd-*; do
    owner=$(sed -n '1s/^# //p' "$file" 2>/dev/null) || continue
    if [ "$owner" = "$dir" ] || [ ! -d "$owner" ]; then rm -f "$file"; fi
  done
}

stop() {
  stop_all
  remove_services
  say "stopped"
}

main() {
  local until=
  [ $# -gt 0 ] || usage
  case "${2-}" in
    "") ;;
    --until) until=${3:?a process id} ;;
    *) usage ;;
  esac
  case "$1" in
    start) lock "$0" "$@" && start "$until" ;;
    stop) lock "$0" "$@" && stop ;;
    status) if [ -n "$(strays)" ]; then say "running"; else say "stopped" && return 1; fi ;;
    env) cat "$dir/bed.json" ;;
    *) usage ;;
  esac
}

main "$@"
