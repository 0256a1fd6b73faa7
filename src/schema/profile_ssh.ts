/** `machine.remote_profile` of SSHContext. */
import { fields } from "./field.ts";
import { flag, integer, text } from "./kinds.ts";

export const ssh = fields({
  hostname: {
    as: "hostname",
    kind: text,
    role: "place",
    doc: "Host name, address, or alias of the SSH configuration.",
  },
  username: {
    as: "username",
    kind: text,
    role: "place",
    doc: "Name to log in with.",
  },
  password: {
    as: "password",
    kind: text,
    default: null,
    secret: true,
    role: "placement",
    doc: "Password to log in with; keys are safer.",
  },
  port: {
    as: "port",
    kind: integer(1, 65535),
    default: 22,
    role: "place",
    doc: "Port of the SSH server.",
  },
  key_filename: {
    as: "keyFile",
    kind: text,
    default: null,
    role: "placement",
    doc:
      "Private key to log in with; without it those of the agent and of ~/.ssh are tried.",
  },
  passphrase: {
    as: "passphrase",
    kind: text,
    default: null,
    secret: true,
    role: "placement",
    doc: "Passphrase of the private key.",
  },
  timeout: {
    as: "timeoutSeconds",
    kind: integer(1),
    unit: "seconds",
    default: 10,
    role: "placement",
    doc: "How long connecting may take.",
  },
  totp_secret: {
    as: "totpSecret",
    kind: text,
    default: null,
    secret: true,
    role: "placement",
    doc:
      "Base32 secret that one-time codes are made from, for hosts that ask for one.",
  },
  tar_compress: {
    as: "compress",
    kind: flag,
    default: true,
    role: "placement",
    doc:
      "Compresses what is sent and fetched; false where the network is faster than gzip.",
  },
  look_for_keys: {
    as: "lookForKeys",
    kind: flag,
    default: true,
    role: "placement",
    doc: "Tries the keys of ~/.ssh where key_filename is not given.",
  },
  execute_command: {
    as: "executeCommand",
    kind: text,
    default: null,
    role: "placement",
    doc: "Shell command that is run once after connecting.",
  },
  proxy_command: {
    as: "proxyCommand",
    kind: text,
    default: null,
    role: "placement",
    doc:
      "Command whose input and output carry the connection, as ProxyCommand of ssh_config(5).",
  },
});
