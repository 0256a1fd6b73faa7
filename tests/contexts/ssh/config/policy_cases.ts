/** Cases of ~/.ssh/config and known_hosts with the result of a login, with the system's ssh and with dpdisp. */
import type { KeyName, ServerName } from "../../../helpers/sshd.ts";

/** The method of a login that succeeded, or "refused". */
export type Outcome =
  | "publickey"
  | "password"
  | "keyboard-interactive"
  | "refused";

/**
 * In `config`, `known` and `files`: DIR is the directory of the files, NAME the host as known_hosts names it, BARE that
 * without the port, PORT its port, ED, ECDSA and RSA its keys, OTHER the key of another host, JUMP a jump
 * host, and JUMPS its line of known_hosts.
 */
export interface PolicyCase {
  readonly name: string;
  /** Lines under `Host *`; they win over those that the test itself needs. */
  readonly config?: string;
  /** The user's known_hosts; KNOWN by default. */
  readonly known?: string;
  /** What is beside it; `*.krl` is made by ssh-keygen -k. */
  readonly files?: Readonly<Record<string, string>>;
  readonly server: ServerName;
  readonly key?: KeyName;
  /** The right one is at hand: in remote_profile.password, and for ssh's question. */
  readonly password?: true;
  /** So is the code of the moment, or totp_secret. */
  readonly code?: true;
  /** An agent that holds this key. */
  readonly agent?: KeyName;
  /** accept_new_host_key; for ssh the last line of its configuration. */
  readonly accepts?: true;
  readonly ssh: Outcome;
  /** The message of dpdisp, where it refuses a login that ssh allows. */
  readonly refuses?: RegExp;
  /** The content of known_hosts after the login. */
  readonly leaves?: RegExp;
}

export const KNOWN = "NAME ED\nNAME ECDSA\nNAME RSA\nJUMPS\n";
const NOBODY = "other.host OTHER\n";
const OPENSSH = /transport = "openssh"/;
const BY_KEY = { key: "ed25519", ssh: "publickey" } as const;
const AT_KEYS = { server: "keys", ...BY_KEY } as const;
const NO_KEY = { server: "keys", key: "ed25519", ssh: "refused" } as const;
const NO_PASSWORD = {
  server: "password",
  password: true,
  ssh: "refused",
} as const;
const BY_PASSWORD = {
  server: "password",
  password: true,
  ssh: "password",
} as const;
const EVERY = { server: "every", password: true } as const;

// One row a line, however long.
// deno-fmt-ignore
export const cases: readonly PolicyCase[] = [
  { name: "a key of a known host", ...AT_KEYS },
  { name: "a password", ...BY_PASSWORD },
  { name: "questions come before the password", ...EVERY, ssh: "keyboard-interactive" },
  { name: "a key comes before both", ...EVERY, ...BY_KEY },
  { name: "a password for a host that takes none", server: "keys", password: true, ssh: "refused" },
  { name: "the same, as the first method", config: "PreferredAuthentications password", server: "keys", password: true, ssh: "refused" },
  { name: "a key that opens nothing, then the password", ...BY_PASSWORD, key: "stranger" },

  // Which methods.
  { name: "PasswordAuthentication no", config: "PasswordAuthentication no", ...NO_PASSWORD },
  { name: "PasswordAuthentication no, with a key", config: "PasswordAuthentication no", server: "password", password: true, ...BY_KEY },
  { name: "PasswordAuthentication no leaves questions", config: "PasswordAuthentication no", ...EVERY, ssh: "keyboard-interactive" },
  { name: "KbdInteractiveAuthentication no leaves the password", config: "KbdInteractiveAuthentication no", ...EVERY, ssh: "password" },
  { name: "ChallengeResponseAuthentication no, its older name", config: "ChallengeResponseAuthentication no", ...EVERY, ssh: "password" },
  { name: "neither", config: "KbdInteractiveAuthentication no\nPasswordAuthentication no", ...EVERY, ssh: "refused" },
  { name: "PreferredAuthentications without the password", config: "PreferredAuthentications publickey", ...NO_PASSWORD },
  { name: "PreferredAuthentications of what is not offered", config: "PreferredAuthentications keyboard-interactive", ...NO_PASSWORD },
  { name: "PreferredAuthentications with the password alone", config: "PreferredAuthentications password", ...EVERY, ssh: "password" },
  { name: "PreferredAuthentications in another order", config: "PreferredAuthentications password,keyboard-interactive", ...EVERY, ssh: "password" },
  { name: "PreferredAuthentications with the key last", config: "PreferredAuthentications password,publickey", ...EVERY, key: "ed25519", ssh: "password" },
  { name: "PreferredAuthentications of what only ssh has", config: "PreferredAuthentications gssapi-with-mic,hostbased", ...EVERY, key: "ed25519", ssh: "refused" },
  { name: "PubkeyAuthentication no", config: "PubkeyAuthentication no", ...NO_KEY },
  { name: "PubkeyAuthentication no, with a password", config: "PubkeyAuthentication no", ...BY_PASSWORD, key: "ed25519" },
  { name: "PubkeyAuthentication unbound", config: "PubkeyAuthentication unbound", ...AT_KEYS },
  { name: "PubkeyAuthentication no, with an agent", config: "PubkeyAuthentication no", server: "keys", agent: "ed25519", ssh: "refused" },
  { name: "BatchMode yes keeps the password", config: "BatchMode yes", ...NO_PASSWORD },
  { name: "BatchMode yes answers no questions", config: "BatchMode yes", ...EVERY, ssh: "refused" },
  { name: "BatchMode yes, with a key", config: "BatchMode yes", ...AT_KEYS },
  { name: "BatchMode yes asks about no host", config: "BatchMode yes", known: NOBODY, ...NO_KEY },
  { name: "BatchMode yes takes a new host", config: "BatchMode yes", known: NOBODY, accepts: true, ...AT_KEYS },
  { name: "NumberOfPasswordPrompts 0", config: "NumberOfPasswordPrompts 0", ...NO_PASSWORD },
  { name: "NumberOfPasswordPrompts 0 and questions", config: "NumberOfPasswordPrompts 0", ...EVERY, ssh: "refused" },
  { name: "NumberOfPasswordPrompts 1", config: "NumberOfPasswordPrompts 1", ...BY_PASSWORD },
  { name: "GSSAPIAuthentication yes", config: "GSSAPIAuthentication yes", ...BY_PASSWORD },
  { name: "Match sets a method off", config: "Match host *\nPasswordAuthentication no", ...NO_PASSWORD },
  { name: "Match exec sets a method off", config: 'Match exec "true"\nPasswordAuthentication no', ...NO_PASSWORD },
  { name: "Include sets a method off", config: 'Include "DIR/more"', files: { more: "PasswordAuthentication no\n" }, ...NO_PASSWORD },

  { name: "a password and a code", server: "password_code", password: true, code: true, ssh: "keyboard-interactive" },
  { name: "KbdInteractiveAuthentication no keeps both", config: "KbdInteractiveAuthentication no", server: "password_code", password: true, code: true, ssh: "refused" },
  { name: "BatchMode yes keeps both", config: "BatchMode yes", server: "password_code", password: true, code: true, ssh: "refused" },
  { name: "a key and a code", server: "key_code", key: "ed25519", code: true, ssh: "keyboard-interactive" },
  { name: "PreferredAuthentications without the second step", config: "PreferredAuthentications publickey", server: "key_code", key: "ed25519", code: true, ssh: "refused" },

  // Whether it is the host.
  { name: "an unknown host", known: NOBODY, ...NO_PASSWORD, leaves: /^other.host [^\n]*\n$/ },
  { name: "an unknown host that is taken", known: NOBODY, accepts: true, ...BY_PASSWORD, leaves: /\n\[/ },
  { name: "an unknown host, StrictHostKeyChecking yes", config: "StrictHostKeyChecking yes", known: NOBODY, accepts: true, ...NO_PASSWORD, leaves: /^other.host [^\n]*\n$/ },
  { name: "StrictHostKeyChecking yes of a Match", config: "Match user *\nStrictHostKeyChecking yes", known: NOBODY, accepts: true, ...NO_PASSWORD },
  { name: "an unknown host, StrictHostKeyChecking no", config: "StrictHostKeyChecking no", known: NOBODY, ...BY_PASSWORD },
  { name: "an unknown host, StrictHostKeyChecking accept-new", config: "StrictHostKeyChecking accept-new", known: NOBODY, ...BY_PASSWORD },
  { name: "a changed key", known: "NAME OTHER\n", ...NO_PASSWORD },
  { name: "a changed key, new ones taken", known: "NAME OTHER\n", accepts: true, ...NO_PASSWORD },
  { name: "a changed key, StrictHostKeyChecking no, a password", config: "StrictHostKeyChecking no", known: "NAME OTHER\n", ...NO_PASSWORD },
  { name: "a changed key, StrictHostKeyChecking no, a key", config: "StrictHostKeyChecking no", known: "NAME OTHER\n", ...AT_KEYS, refuses: /REMOTE HOST IDENTIFICATION HAS CHANGED/ },
  { name: "a revoked key of known_hosts", known: "@revoked NAME ED\nNAME ED\n", ...NO_PASSWORD },
  { name: "an authority alone", known: "@cert-authority NAME OTHER\n", ...NO_PASSWORD },
  { name: "a name that a pattern excludes", known: "*,!NAME,!BARE ED\n", ...NO_PASSWORD },
  { name: "a key of the name without its port", known: "BARE ED\n", ...BY_PASSWORD },
  { name: "another file of known hosts", config: 'UserKnownHostsFile "DIR/none"', ...NO_PASSWORD },
  { name: "a key that all the machine's users have revoked", config: 'GlobalKnownHostsFile "DIR/all"', files: { all: "@revoked * ED\n" }, ...NO_PASSWORD },
  { name: "HostKeyAlias that is unknown", config: "HostKeyAlias cluster", ...NO_PASSWORD },
  { name: "HostKeyAlias that is known", config: "HostKeyAlias cluster", known: "cluster ED\n", ...BY_PASSWORD },
  { name: "RevokedHostKeys has the key", config: 'RevokedHostKeys "DIR/revoked"', files: { revoked: "# old\nOTHER\nED a comment\n" }, ...NO_PASSWORD },
  { name: "RevokedHostKeys has the key of a new host", config: 'RevokedHostKeys "DIR/revoked"', files: { revoked: "ED\n" }, known: NOBODY, accepts: true, ...NO_PASSWORD, leaves: /^other.host [^\n]*\n$/ },
  { name: "RevokedHostKeys has another", config: 'RevokedHostKeys "DIR/revoked"', files: { revoked: "OTHER\n" }, ...BY_PASSWORD },
  { name: "RevokedHostKeys is empty", config: 'RevokedHostKeys "DIR/revoked"', files: { revoked: "" }, ...BY_PASSWORD },
  { name: "RevokedHostKeys is missing", config: 'RevokedHostKeys "DIR/revoked"', ...NO_PASSWORD },
  { name: "RevokedHostKeys none", config: "RevokedHostKeys none", ...BY_PASSWORD },
  { name: "RevokedHostKeys, binary, has the key", config: 'RevokedHostKeys "DIR/a.krl"', files: { "a.krl": "ED\n" }, ...NO_PASSWORD },
  { name: "RevokedHostKeys, binary, has another", config: 'RevokedHostKeys "DIR/a.krl"', files: { "a.krl": "OTHER\n" }, ...BY_PASSWORD, refuses: OPENSSH },
  { name: "KnownHostsCommand", config: "KnownHostsCommand /bin/true", ...BY_PASSWORD, refuses: OPENSSH },
  { name: "HashKnownHosts yes", config: "HashKnownHosts yes", known: NOBODY, accepts: true, ...BY_PASSWORD, leaves: /\n\|1\|[^\n]+ ssh-ed25519 [^\n]+\n/ },
  { name: "CheckHostIP yes", config: "CheckHostIP yes", ...BY_PASSWORD },
  { name: "VerifyHostKeyDNS yes", config: "VerifyHostKeyDNS yes", known: NOBODY, ...NO_PASSWORD },
  { name: "NoHostAuthenticationForLocalhost yes", config: "NoHostAuthenticationForLocalhost yes", known: NOBODY, ...AT_KEYS, refuses: /is not in known_hosts/ },
  { name: "HostKeyAlgorithms that the host has", config: "HostKeyAlgorithms rsa-sha2-512", ...AT_KEYS },
  { name: "HostKeyAlgorithms that it has not", config: "HostKeyAlgorithms rsa-sha2-512,rsa-sha2-256", ...NO_PASSWORD },
  { name: "HostKeyAlgorithms without its own", config: "HostKeyAlgorithms -ssh-ed25519*", ...NO_PASSWORD },
  { name: "HostKeyAlgorithms of another key than the known one", config: "HostKeyAlgorithms ecdsa-sha2-nistp256,ssh-ed25519", known: "NAME ED\n", ...NO_KEY },
  { name: "HostKeyAlgorithms of ssh's own order", config: "HostKeyAlgorithms +ssh-rsa", known: "NAME RSA\n", ...AT_KEYS },
  { name: "HostKeyAlgorithms of certificates", config: "HostKeyAlgorithms ssh-ed25519-cert-v01@openssh.com", ...NO_PASSWORD, refuses: OPENSSH },
  { name: "RequiredRSASize of the host's key", config: "HostKeyAlgorithms rsa-sha2-512\nRequiredRSASize 3072", ...NO_KEY },

  // What is agreed on.
  { name: "Ciphers that both have", config: "Ciphers aes256-ctr", ...BY_PASSWORD },
  { name: "Ciphers of no known strength", config: "Ciphers 3des-cbc", ...NO_PASSWORD },
  { name: "Ciphers that are added", config: "Ciphers +aes256-cbc", ...BY_PASSWORD },
  { name: "KexAlgorithms that both have", config: "KexAlgorithms curve25519-sha256", ...BY_PASSWORD },
  { name: "KexAlgorithms that the host has not", config: "KexAlgorithms diffie-hellman-group1-sha1", ...NO_PASSWORD },
  { name: "KexAlgorithms that only ssh has", config: "KexAlgorithms sntrup761x25519-sha512@openssh.com", ...BY_PASSWORD, refuses: OPENSSH },
  { name: "MACs that both have", config: "Ciphers aes128-ctr\nMACs hmac-sha2-512", ...BY_PASSWORD },
  { name: "MACs that the host has not", config: "Ciphers aes128-ctr\nMACs hmac-md5", ...NO_PASSWORD },
  { name: "MACs that only ssh has", config: "Ciphers aes128-ctr\nMACs umac-128@openssh.com", ...BY_PASSWORD, refuses: OPENSSH },
  { name: "Compression yes", config: "Compression yes", ...BY_PASSWORD },

  // Which keys.
  { name: "PubkeyAcceptedAlgorithms without the key's", config: "PubkeyAcceptedAlgorithms rsa-sha2-512", ...NO_KEY },
  { name: "PubkeyAcceptedKeyTypes, its older name", config: "PubkeyAcceptedKeyTypes -ssh-ed25519", ...NO_KEY },
  { name: "PubkeyAcceptedAlgorithms without the agent's", config: "PubkeyAcceptedAlgorithms -ssh-ed25519", server: "keys", agent: "ed25519", ssh: "refused" },
  { name: "PubkeyAcceptedAlgorithms with the key's", config: "PubkeyAcceptedAlgorithms rsa-sha2-256", server: "keys", key: "rsa", ssh: "publickey" },
  { name: "RequiredRSASize of the user's key", config: "RequiredRSASize 3072", server: "keys", key: "rsa", ssh: "refused" },
  { name: "RequiredRSASize that the user's key has", config: "RequiredRSASize 2048", server: "keys", key: "rsa", ssh: "publickey" },
  { name: "an agent", config: "IdentitiesOnly no", server: "keys", agent: "ed25519", ssh: "publickey" },
  { name: "IdentitiesOnly yes, with an agent", config: "IdentitiesOnly yes", server: "keys", agent: "ed25519", ssh: "refused" },
  { name: "IdentityAgent none", config: "IdentityAgent none\nIdentitiesOnly no", server: "keys", agent: "ed25519", ssh: "refused" },
  { name: "a certificate", server: "keys", key: "certified", ssh: "publickey", refuses: OPENSSH },

  // The way there.
  { name: "AddressFamily inet6 for an address of IPv4", config: "AddressFamily inet6", ...NO_PASSWORD },
  { name: "BindAddress of another machine", config: "BindAddress 203.0.113.7", ...NO_PASSWORD },
  { name: "BindInterface", config: "BindInterface lo", ...BY_PASSWORD, refuses: OPENSSH },
  { name: "a jump host", config: "Match originalhost 127.0.0.2\nProxyJump JUMP", server: "inner", ...BY_KEY },
  { name: "a jump host with Ciphers of its own", config: "Match originalhost 127.0.0.1\nCiphers 3des-cbc\nMatch originalhost 127.0.0.2\nProxyJump JUMP", server: "inner", key: "ed25519", ssh: "refused" },
  { name: "a jump host that is unknown", config: "Match originalhost 127.0.0.2\nProxyJump JUMP", known: "NAME ED\n", server: "inner", key: "ed25519", ssh: "refused" },
  { name: "a jump host without a method", config: "Match originalhost 127.0.0.1\nPubkeyAuthentication no\nMatch originalhost 127.0.0.2\nProxyJump JUMP", server: "inner", key: "ed25519", ssh: "refused" },
];
