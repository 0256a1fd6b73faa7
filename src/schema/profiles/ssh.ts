/** `machine.remote_profile` of SSHContext. */
import { fields } from "../field.ts";
import { anything, choice, flag, integer } from "../value_types.ts";
import { transports } from "../names.ts";
import { line, name, path, text } from "../text_types.ts";

export const ssh = fields({
  hostname: {
    configName: "hostname",
    kind: name,
    whenChanged: "newRun",
    doc: "Host name, address, or host alias of the SSH configuration.",
  },
  username: {
    configName: "username",
    kind: name,
    default: null,
    whenChanged: "newRun",
    doc:
      "User name on the host. Default: the one of the SSH configuration, or your local user name.",
  },
  password: {
    configName: "password",
    kind: text,
    default: null,
    secret: true,
    whenChanged: "continue",
    doc: "Password of the user; keys are safer.",
  },
  port: {
    configName: "port",
    kind: integer(1, 65535),
    default: null,
    whenChanged: "newRun",
    doc:
      "Port of the SSH server. Default: the one of the SSH configuration, or 22.",
  },
  key_filename: {
    configName: "keyFile",
    kind: path,
    default: null,
    whenChanged: "continue",
    doc:
      "Private key to try first; then the keys of the agent, of IdentityFile and of ~/.ssh are tried.",
  },
  passphrase: {
    configName: "passphrase",
    kind: text,
    default: null,
    secret: true,
    whenChanged: "continue",
    doc: "Passphrase of the private key.",
  },
  archive_chunk_size: {
    configName: null,
    kind: anything,
    default: null,
    whenChanged: "continue",
    doc:
      "Accepted and without effect: files are transferred as one stream, whatever their size.",
  },
  timeout: {
    configName: "timeoutSeconds",
    kind: integer(1),
    unit: "seconds",
    default: 10,
    whenChanged: "continue",
    doc: "How long connecting may take.",
  },
  totp_secret: {
    configName: "totpSecret",
    kind: text,
    default: null,
    secret: true,
    whenChanged: "continue",
    doc:
      "Base32 secret of the one-time passwords (TOTP), for hosts that ask for one.",
  },
  tar_compress: {
    configName: "compress",
    kind: flag,
    default: true,
    whenChanged: "continue",
    doc:
      "Compresses uploads and downloads; set it to false where the network is faster than gzip.",
  },
  look_for_keys: {
    configName: "lookForKeys",
    kind: flag,
    default: true,
    whenChanged: "continue",
    doc:
      "Also tries the keys of IdentityFile and ~/.ssh; false: only key_filename and the keys of the agent.",
  },
  execute_command: {
    configName: "executeCommand",
    kind: text,
    default: null,
    whenChanged: "continue",
    doc:
      "Shell command to run once after connecting; it may take as long as timeout.",
  },
  proxy_command: {
    configName: "proxyCommand",
    kind: line,
    default: null,
    whenChanged: "continue",
    doc:
      'Command whose standard input and output carry the connection, as ProxyCommand in ssh_config(5). "none": no ProxyCommand and no ProxyJump, even where the SSH configuration has one.',
  },
  transport: {
    configName: "transport",
    kind: choice(transports),
    default: "ssh2",
    whenChanged: "continue",
    doc:
      "SSH client: `ssh2` is part of dpdisp, `openssh` is the `ssh` of the system, for Kerberos, certificates and security keys.",
  },
  accept_new_host_key: {
    configName: "acceptNewHostKey",
    kind: flag,
    default: false,
    whenChanged: "continue",
    doc:
      "Accepts and saves the key of a host that is not in known_hosts without asking, unless the SSH configuration has `StrictHostKeyChecking yes`.",
  },
});
