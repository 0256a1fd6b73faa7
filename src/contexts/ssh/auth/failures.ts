/** Why nobody was let in, told to whoever has to mend it. */
import type { Failure } from "../../../text/result.ts";
import { addressOf, type Hop } from "../hop.ts";
import type { Distrust } from "../host_keys/verify_host.ts";
import { adviceFor, type Attempts, keyThatFits } from "./hints.ts";

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
  attempts: Attempts = { tried: [], notes: [], offered: null },
): Failure {
  if (/^too many authentication failures/i.test(error.message)) {
    return tooMany(hop, error, attempts);
  }
  if (error.level !== "client-authentication") {
    return {
      kind: "connection",
      tried: `Cannot reach ${addressOf(hop)}`,
      saw: [wordsOf(error), ...wordsIn(attempts)].join("\n"),
      advice: `Try \`${hop.byHand}\`; the host and port are those of ${
        hop.jumpTo === null ? "remote_profile" : "ProxyJump"
      }, or of ~/.ssh/config`,
      again: true,
    };
  }
  return {
    kind: "connection",
    tried: `Cannot log in to ${addressOf(hop)}`,
    saw: [notTaken(attempts), ...wordsIn(attempts), ...takes(attempts)]
      .join("\n"),
    advice: adviceFor(hop, attempts),
    again: true,
  };
}

/** It hung up before all was tried. */
function tooMany(
  hop: Hop,
  { message }: SshError,
  attempts: Attempts,
): Failure {
  return {
    kind: "connection",
    tried: `Cannot log in to ${addressOf(hop)}`,
    saw: [message, notTaken(attempts), ...wordsIn(attempts)].join("\n"),
    advice: `The host was offered more keys than it hears: ${
      keyThatFits(hop)
    }, or keep the agent's from it by IdentityFile with IdentitiesOnly yes in ~/.ssh/config`,
    again: true,
  };
}

function wordsIn({ notes }: Attempts): readonly string[] {
  return [...new Set(notes.map(({ saw }) => saw))];
}

function takes({ offered }: Attempts): readonly string[] {
  return offered === null ? [] : [`it takes: ${offered.join(", ")}`];
}

function notTaken({ tried }: Attempts): string {
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
