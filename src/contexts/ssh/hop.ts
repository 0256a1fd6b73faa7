/** The hosts of a connection: jump hosts, and the host that the script names. */
import { readDestination } from "./config/destination.ts";
import type { KnownName } from "./host_keys/known_hosts.ts";
import type { LoginPolicy } from "./config/login_policy.ts";

/** One host to log in to. */
export interface Hop {
  /** The name that the user gave. */
  readonly name: string;
  /** For a jump host, the name of the host that it leads to; null for that host itself. */
  readonly jumpTo: string | null;
  /** The ssh command that logs in to it in the same way. */
  readonly sshCommand: string;
  readonly hostname: string;
  readonly port: number;
  readonly user: string;
  /** Its name in known_hosts. */
  readonly knownName: KnownName;
  /** Absolute paths of private keys, in the order in which they are tried; those that do not exist are skipped. */
  readonly keyFiles: readonly string[];
  /** The key file that the script names, which must be readable. */
  readonly namedKey: string | null;
  /** The socket of the agent; null where no agent is used. */
  readonly agent: string | null;
  /** With IdentitiesOnly of ssh_config(5), the files of the keys that may be tried from the agent; null where all may. */
  readonly agentKeys: readonly string[] | null;
  /** Absolute paths; a new key is written to the first. */
  readonly knownHostsFiles: readonly string[];
  /** What happens where no known_hosts file has the host: StrictHostKeyChecking of ssh_config(5). */
  readonly unknownHost: "ask" | "accept" | "refuse";
  /** Host keys in base64 that the user confirmed in this session; they are added here because known_hosts may not be writable. */
  readonly confirmedKeys: Set<string>;
  /** A command whose input and output carry the connection; null for TCP or a channel of the hop before. */
  readonly proxyCommand: string | null;
  readonly secrets: LoginSecrets;
  readonly policy: LoginPolicy;
  /** How long connecting and each answer of the host may take. */
  readonly timeout_s: number;
}

/** The secrets for one host; no message contains them. */
export interface LoginSecrets {
  readonly password: string | null;
  readonly passphrase: string | null;
  /** Base32. */
  readonly totp: string | null;
}

/** `user@host`, with the port where it is not 22; a jump host with its name and the host that it leads to. */
export function addressOf(
  { name, user, hostname, port, jumpTo }: Hop,
): string {
  const login = `${user}@${hostname}`;
  if (jumpTo === null) return `${login}${port === 22 ? "" : ` port ${port}`}`;
  const address = `${login}${port === 22 ? "" : `, port ${port}`}`;
  return `the jump host ${name} (${address}) on the way to ${jumpTo}`;
}

/** `user@host` with the name that the user gave, as ssh writes it in prompts. */
export function promptName({ name, user }: Pick<Hop, "name" | "user">): string {
  return `${user}@${readDestination(name).host}`;
}
