# shellcheck shell=bash disable=SC2154
# The settings of the sshd testbed: sshd_config(5) of OpenSSH 9.2, PAM services and
# pam_google_authenticator(8).

# Two hops and no more: jump leads to inner only, inner to innermost only.
settings() { # server: what differs from the others; of two values sshd takes the first
  case "$1" in
    password) echo 'PasswordAuthentication yes' ;;
    every)
      echo 'PasswordAuthentication yes'
      echo 'KexAlgorithms +diffie-hellman-group-exchange-sha1,diffie-hellman-group14-sha1,diffie-hellman-group1-sha1'
      echo 'Ciphers +aes128-cbc,aes256-cbc,3des-cbc'
      echo 'MACs +hmac-md5,hmac-sha1-96,hmac-md5-96'
      ;;
    code | once | password_code) echo 'AuthenticationMethods keyboard-interactive' ;;
    key_code) echo 'AuthenticationMethods publickey,keyboard-interactive' ;;
    jump) echo "PermitOpen ${address[inner]}:${port[inner]}" ;;
    inner) echo "PermitOpen ${address[innermost]}:${port[innermost]}" ;;
    innermost) echo 'AllowTcpForwarding no' ;;
    keys)
      echo 'HostKeyAlgorithms +ssh-rsa'
      [ -z "$ipv6" ] || echo "ListenAddress [$ipv6]:${port[keys]}"
      ;;
  esac
  if [[ $1 == *code || $1 == once || $1 == every ]]; then echo 'KbdInteractiveAuthentication yes'; fi
  if [ -n "$(pam_auth "$1")" ]; then echo 'UsePAM yes'; fi
}

# SetEnv: sshd writes its title over its own environment, and gives none of it to sessions.
sshd_conf() { # server, its host keys…
  settings "$1"
  cat <<CONF
Port ${port[$1]}
ListenAddress ${address[$1]}
$(printf 'HostKey %s\n' "${@:2}")
PidFile $dir/$1.pid
AuthorizedKeysFile $dir/authorized_keys
TrustedUserCAKeys $dir/keys/authority.pub
StrictModes no
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
UseDNS no
PrintMotd no
LogLevel VERBOSE
Subsystem sftp internal-sftp
SetEnv $mark
CONF
}

# A PAM service has the name that sshd was called by.
service() { echo "dpdisp-sshd-$(printf %s "$dir" | cksum | cut -d ' ' -f 1)-$1"; }

# The accounts have no password, so that no other server lets them in by the one that
# the tests know: the testbed compares it by itself.
pam_auth() { # server: how it asks, or nothing where PAM is not used
  local password="auth requisite pam_exec.so quiet expose_authtok $dir/check_password"
  local code="auth required pam_google_authenticator.so user=root secret=$dir/totp/$1"
  case "$1" in
    password | every) echo "$password" ;;
    code | once | key_code) echo "$code" ;;
    password_code) printf '%s\n' "$password" "$code" ;;
  esac
}

pam_service() { # server
  printf '# %s\n' "$dir"
  pam_auth "$1"
  printf '%s required pam_permit.so\n' auth account session
}

# The far user's file of google-authenticator(1). `once` takes no code a second time.
totp_file() { # server
  echo "$totp_secret"
  [ "$1" != once ] || echo '" DISALLOW_REUSE'
  echo '" TOTP_AUTH'
}
