/** Why nobody was let in, told to whoever has to mend it. */
import type { Failure } from "../../../text/result.ts";
import { addressOf, type Hop } from "../hop.ts";
import type { HostKeyProblem } from "../host_keys/verify_host.ts";
import { type AuthAttempts, hintFor, keyThatFits } from "./hints.ts";

/** As ssh2 and the system throw them. */
export type SshError = Error & {
  readonly level?: string;
  readonly code?: string;
};

export function distrusted(
  hop: Hop,
  { saw, advice }: NonNullable<HostKeyProblem>,
): Failure {
  return {
    kind: "connection",
    summary: `Cannot trust ${addressOf(hop)}`,
    detail: saw,
    hint: advice,
    isRetryable: false,
  };
}

/** After a login that worked, all of this may pass. */
export function refused(
  hop: Hop,
  error: SshError,
  attempts: AuthAttempts = { tried: [], notes: [], offered: null },
): Failure {
  if (/^too many authentication failures/i.test(error.message)) {
    return tooMany(hop, error, attempts);
  }
  if (error.level !== "client-authentication") {
    return {
      kind: "connection",
      summary: `Cannot reach ${addressOf(hop)}`,
      detail: [wordsOf(error), ...wordsIn(attempts)].join("\n"),
      hint: `Try \`${hop.byHand}\`; the host and port are those of ${
        hop.jumpTo === null ? "remote_profile" : "ProxyJump"
      }, or of ~/.ssh/config`,
      isRetryable: true,
    };
  }
  return {
    kind: "connection",
    summary: `Cannot log in to ${addressOf(hop)}`,
    detail: [notTaken(attempts), ...wordsIn(attempts), ...takes(attempts)]
      .join("\n"),
    hint: hintFor(hop, attempts),
    isRetryable: true,
  };
}

/** It hung up before all was tried. */
function tooMany(
  hop: Hop,
  { message }: SshError,
  attempts: AuthAttempts,
): Failure {
  return {
    kind: "connection",
    summary: `Cannot log in to ${addressOf(hop)}`,
    detail: [message, notTaken(attempts), ...wordsIn(attempts)].join("\n"),
    hint: `The host was offered more keys than it hears: ${
      keyThatFits(hop)
    }, or keep the agent's from it by IdentityFile with IdentitiesOnly yes in ~/.ssh/config`,
    isRetryable: true,
  };
}

function wordsIn({ notes }: AuthAttempts): readonly string[] {
  return [...new Set(notes.map(({ saw }) => saw))];
}

function takes({ offered }: AuthAttempts): readonly string[] {
  return offered === null ? [] : [`it takes: ${offered.join(", ")}`];
}

function notTaken({ tried }: AuthAttempts): string {
  const ways = [...new Set(tried)].join(", ") ||
    "no key, no agent, no password";
  return `the host did not accept: ${ways}`;
}

/** The connection of a login that worked. */
export function lost(target: string, saw: string | null): Failure {
  return {
    kind: "connection",
    summary: `Lost the connection to ${target}`,
    detail: saw ?? "it ended",
    hint: "It is connected again; jobs go on meanwhile",
    isRetryable: true,
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
