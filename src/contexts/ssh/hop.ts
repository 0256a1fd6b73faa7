/** The machines on the way, as values. */
import type { KnownName } from "./host_keys/known_hosts.ts";
import type { LoginPolicy } from "./config/login_policy.ts";

/** One machine that is logged in to. */
export interface Hop {
  /** As the user calls it. */
  readonly name: string;
  /** Of a jump host: which host it is on the way to, as the user calls that; null: it is the one. */
  readonly jumpTo: string | null;
  /** What a person types to log in to it in the same way. */
  readonly byHand: string;
  readonly hostname: string;
  readonly port: number;
  readonly user: string;
  /** What known_hosts calls it. */
  readonly known: KnownName;
  /** Absolute paths of private keys, in the order of trying; those that do not exist are passed over. */
  readonly keyFiles: readonly string[];
  /** The one that the script names, which must be readable. */
  readonly namedKey: string | null;
  /** Socket of the agent; null: none is asked. */
  readonly agent: string | null;
  /** Files of the only keys that the agent is asked for: IdentitiesOnly of ssh_config(5); null: all that it has. */
  readonly agentKeys: readonly string[] | null;
  /** Absolute; a new key is written to the first. */
  readonly knownHostsFiles: readonly string[];
  /** What is done about a host that is not known: StrictHostKeyChecking of ssh_config(5). */
  readonly unknownHost: "ask" | "accept" | "refuse";
  /** Keys, in base64, that somebody took for the host's in this session; added to. No file may have them. */
  readonly taken: Set<string>;
  /** Its input and output carry the connection; null: TCP, or the hop before. */
  readonly proxyCommand: string | null;
  readonly secrets: Secrets;
  readonly policy: LoginPolicy;
  /** How long connecting, and each answer of the host, may take. */
  readonly timeout_s: number;
}

/** Texts for one host; never part of a message. */
export interface Secrets {
  readonly password: string | null;
  readonly passphrase: string | null;
  /** Base32. */
  readonly totp: string | null;
}

/** `user@host`, with the port where it is not the usual one; a jump host with its name, and where it leads. */
export function addressOf(
  { name, user, hostname, port, jumpTo }: Hop,
): string {
  const place = `${user}@${hostname}`;
  if (jumpTo === null) return `${place}${port === 22 ? "" : ` port ${port}`}`;
  const whole = `${place}${port === 22 ? "" : `, port ${port}`}`;
  return `the jump host ${name} (${whole}) on the way to ${jumpTo}`;
}
