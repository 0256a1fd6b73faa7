/** Why nobody was let in, told to whoever has to mend it. */
import type { Failure } from "../../result.ts";
import { addressOf, type Hop } from "./hop.ts";
import type { Distrust } from "./host_trust.ts";

/** As ssh2 and the system throw them. */
export type SshError = Error & {
  readonly level?: string;
  readonly code?: string;
};

export function distrusted(
  hop: Hop,
  { saw, advice }: NonNullable<Distrust>,
): Failure {
  return {
    kind: "connection",
    tried: `Cannot trust ${addressOf(hop)}`,
    saw,
    advice,
    again: false,
  };
}

/** After a login that worked, all of this may pass. */
export function refused(
  hop: Hop,
  error: SshError,
  tried: readonly string[],
  notes: readonly string[],
): Failure {
  if (/^too many authentication failures/i.test(error.message)) {
    return tooMany(hop, error, tried, notes);
  }
  if (error.level !== "client-authentication") {
    return {
      kind: "connection",
      tried: `Cannot reach ${addressOf(hop)}`,
      saw: [wordsOf(error), ...notes].join("\n"),
      advice:
        `Try \`ssh ${hop.name}\`; the host and port are those of remote_profile, or of ~/.ssh/config`,
      again: true,
    };
  }
  return {
    kind: "connection",
    tried: `Cannot log in to ${addressOf(hop)}`,
    saw: [notTaken(tried), ...new Set(notes)].join("\n"),
    advice:
      'Set key_filename, or start an agent that holds the key; where `ssh` gets in by Kerberos, a certificate or a security key, set transport = "openssh"',
    again: true,
  };
}

/** It hung up before all was tried. */
function tooMany(
  hop: Hop,
  { message }: SshError,
  tried: readonly string[],
  notes: readonly string[],
): Failure {
  return {
    kind: "connection",
    tried: `Cannot log in to ${addressOf(hop)}`,
    saw: [message, notTaken(tried), ...new Set(notes)].join("\n"),
    advice:
      "The host was offered more keys than it hears: name the right one by key_filename, or by IdentityFile with IdentitiesOnly yes in ~/.ssh/config",
    again: true,
  };
}

function notTaken(tried: readonly string[]): string {
  const ways = [...new Set(tried)].join(", ") ||
    "no key, no agent, no password";
  return `the host did not accept: ${ways}`;
}

/** The connection of a login that worked. */
export function lost(target: string, saw: string | null): Failure {
  return {
    kind: "connection",
    tried: `Lost the connection to ${target}`,
    saw: saw ?? "it ended",
    advice: "It is connected again; jobs go on meanwhile",
    again: true,
  };
}

/** A fault of ours, or of the disk, in words for a failure. */
export function wordsOfFault(fault: unknown): string {
  return fault instanceof Error ? fault.message : String(fault);
}

/** The words of the system are for those who know its codes. */
const WORDS: Readonly<Record<string, string>> = {
  ENOTFOUND: "there is no host of that name",
  ECONNREFUSED: "nobody listens at that port",
  EHOSTUNREACH: "there is no route to it",
  ENETUNREACH: "there is no route to its network",
  ECONNRESET: "it cut the connection",
  ETIMEDOUT: "no answer",
};

function wordsOf({ message, code }: SshError): string {
  return (code && WORDS[code]) ?? message;
}
