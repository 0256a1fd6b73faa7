# shellcheck shell=bash disable=SC2154
# The keys of the sshd testbed: ssh-keygen(1).

# `stranger` is in no authorized_keys; `certified` is let in by its certificate alone.
key_names() {
  echo ed25519 ecdsa256 ecdsa384 ecdsa521 rsa rsa_pem ed25519_passphrase rsa_passphrase \
    rsa_pem_passphrase stranger certified
}

keygen() { ssh-keygen -q "$@" </dev/null; }

# An RSA key takes 0.3 s to make (2048 bits; 3072: 1.1 s): the four are one key in four forms.
make_keys() {
  make_host_keys &
  make_user_keys || fail "cannot make keys"
  wait $! || fail "cannot make host keys"
  cat "$dir"/keys/{ed25519,ecdsa*,rsa,ed25519_passphrase}.pub >"$dir/authorized_keys"
}

make_user_keys() {
  local keys=$dir/keys bits
  keygen -t rsa -b 2048 -N '' -f "$keys/rsa" -C rsa &&
    keygen -t ed25519 -N '' -f "$keys/ed25519" -C ed25519 &&
    keygen -t ed25519 -N '' -f "$keys/stranger" -C stranger || return
  keygen -t ed25519 -N "$passphrase" -a 4 -f "$keys/ed25519_passphrase" -C ed25519_passphrase || return
  for bits in 256 384 521; do
    keygen -t ecdsa -b "$bits" -N '' -f "$keys/ecdsa$bits" -C "ecdsa$bits" || return
  done
  other_form rsa_pem -m PEM -N '' &&
    other_form rsa_passphrase -N "$passphrase" -a 4 &&
    other_form rsa_pem_passphrase -m PEM -N "$passphrase" &&
    certify
}

other_form() { # name, options of ssh-keygen
  cp "$dir/keys/rsa" "$dir/keys/$1" && cp "$dir/keys/rsa.pub" "$dir/keys/$1.pub" &&
    keygen -p -P '' -f "$dir/keys/$1" "${@:2}" >/dev/null
}

certify() {
  keygen -t ed25519 -N '' -f "$dir/keys/authority" -C authority &&
    keygen -t ed25519 -N '' -f "$dir/keys/certified" -C certified &&
    keygen -s "$dir/keys/authority" -I tests -n dpdisp-far,dpdisp-banner,dpdisp-csh \
      "$dir/keys/certified.pub"
}

# Each server has its own, so that one cannot pass for another; `keys` has one of each type.
make_host_keys() {
  local name
  for name in "${servers[@]}"; do
    mkdir "$dir/host/$name" &&
      keygen -t ed25519 -N '' -f "$dir/host/$name/ed25519" || return
  done
  keygen -t ecdsa -N '' -f "$dir/host/keys/ecdsa" &&
    keygen -t rsa -b 2048 -N '' -f "$dir/host/keys/rsa"
}

known_hosts() {
  local name
  for name in "${servers[@]}"; do
    known_keys "${address[$name]}" "$name"
  done
  [ -z "$ipv6" ] || known_keys "$ipv6" keys
}

known_keys() { # address, server
  cut -d ' ' -f 1,2 "$dir/host/$2"/*.pub | sed "s/^/[$1]:${port[$2]} /"
}
