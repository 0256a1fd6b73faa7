/** `machine.remote_profile` of SSHContext. */
import { fields } from "../field.ts";
import { choice, flag, integer } from "../value_types.ts";
import { transports } from "../names.ts";
import { line, name, path, text } from "../text_types.ts";

export const ssh = fields({
  hostname: {
    configName: "hostname",
    kind: name,
    whenChanged: "newRun",
    doc: "Host name, address, or alias of the SSH configuration.",
  },
  username: {
    configName: "username",
    kind: name,
    default: null,
    whenChanged: "newRun",
    doc:
      "Name to log in with; without it that of the SSH configuration, or your own.",
  },
  password: {
    configName: "password",
    kind: text,
    default: null,
    secret: true,
    whenChanged: "continue",
    doc: "Password to log in with; keys are safer.",
  },
  port: {
    configName: "port",
    kind: integer(1, 65535),
    default: null,
    whenChanged: "newRun",
    doc:
      "Port of the SSH server; without it that of the SSH configuration, or 22.",
  },
  key_filename: {
    configName: "keyFile",
    kind: path,
    default: null,
    whenChanged: "continue",
    doc:
      "Private key that is tried first; then those of the agent, of IdentityFile and of ~/.ssh.",
  },
  passphrase: {
    configName: "passphrase",
    kind: text,
    default: null,
    secret: true,
    whenChanged: "continue",
    doc: "Passphrase of the private key.",
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
      "Base32 secret that one-time codes are made from, for hosts that ask for one.",
  },
  tar_compress: {
    configName: "compress",
    kind: flag,
    default: true,
    whenChanged: "continue",
    doc:
      "Compresses what is sent and fetched; false where the network is faster than gzip.",
  },
  look_for_keys: {
    configName: "lookForKeys",
    kind: flag,
    default: true,
    whenChanged: "continue",
    doc:
      "Tries the keys of IdentityFile and ~/.ssh too; false: only key_filename and the agent's.",
  },
  execute_command: {
    configName: "executeCommand",
    kind: text,
    default: null,
    whenChanged: "continue",
    doc:
      "Shell command that is run once after connecting; it is waited for as long as timeout says.",
  },
  proxy_command: {
    configName: "proxyCommand",
    kind: line,
    default: null,
    whenChanged: "continue",
    doc:
      "Command whose input and output carry the connection, as ProxyCommand of ssh_config(5); none: whatever the SSH configuration says, no command and no jump.",
  },
  transport: {
    configName: "transport",
    kind: choice(transports),
    default: "ssh2",
    whenChanged: "continue",
    doc:
      "What speaks SSH: a part of dpdisp, or the system's own `ssh`, for Kerberos, certificates and security keys.",
  },
  accept_new_host_key: {
    configName: "acceptNewHostKey",
    kind: flag,
    default: false,
    whenChanged: "continue",
    doc:
      "Takes and keeps the key of a host that is in no known_hosts, without asking, unless the SSH configuration has `StrictHostKeyChecking yes`.",
  },
});
