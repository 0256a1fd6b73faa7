/** Why a login failed, in OpenSSH's words, and what the user can do about it. */
import type { Failure } from "../../../text/result.ts";
import { addressOf, type Hop } from "../hop.ts";
import type { HostKeyProblem } from "../host_keys/verify_host.ts";
import { type AuthAttempts, hintFor, keyHint } from "./hints.ts";

/** Errors as ssh2 and the system throw them. */
export type SshError = Error & {
  readonly level?: string;
  readonly code?: string;
};

export function hostKeyFailure(
  hop: Hop,
  { detail, hint }: NonNullable<HostKeyProblem>,
): Failure {
  const where = hop.jumpTo === null ? "" : ` for ${addressOf(hop)}`;
  return {
    kind: "connection",
    summary: `Host key verification failed${where}`,
    detail,
    hint,
    isRetryable: false,
  };
}

/** It is retryable, because after a login that succeeded each of these causes may be temporary. */
export function loginFailure(
  hop: Hop,
  error: SshError,
  attempts: AuthAttempts = { attempted: [], notes: [], offered: null },
): Failure {
  if (/^too many authentication failures/i.test(error.message)) {
    return tooManyAttempts(hop, attempts);
  }
  if (error.level !== "client-authentication") {
    return {
      kind: "connection",
      summary: `Cannot connect to ${addressOf(hop)}`,
      detail: [errorText(error), ...noteDetails(attempts)].join("\n"),
      hint: `Try \`${hop.sshCommand}\`; the host and port come from ${
        hop.jumpTo === null ? "remote_profile" : "ProxyJump"
      } or from ~/.ssh/config`,
      isRetryable: true,
    };
  }
  const { offered } = attempts;
  return {
    kind: "connection",
    summary: `Permission denied${offered ? ` (${offered.join(",")})` : ""}`,
    detail: [rejected(hop, attempts), ...noteDetails(attempts)].join("\n"),
    hint: hintFor(hop, attempts),
    isRetryable: true,
  };
}

/** The host closed the connection before all methods were tried. */
function tooManyAttempts(hop: Hop, attempts: AuthAttempts): Failure {
  return {
    kind: "connection",
    summary: "Too many authentication failures",
    detail: [rejected(hop, attempts), ...noteDetails(attempts)].join("\n"),
    hint: `The host allows fewer attempts than there are keys: ${
      keyHint(hop)
    }, or set IdentityFile and IdentitiesOnly yes in ~/.ssh/config, so that other keys of the agent are not tried`,
    isRetryable: true,
  };
}

function noteDetails({ notes }: AuthAttempts): readonly string[] {
  return [...new Set(notes.map(({ detail }) => detail))];
}

function rejected(hop: Hop, { attempted }: AuthAttempts): string {
  return attempted.length === 0
    ? `${addressOf(hop)}: there was no key, agent or password to try`
    : `${addressOf(hop)} rejected: ${[...new Set(attempted)].join(", ")}`;
}

/** The connection was lost after a login that succeeded. */
export function connectionLost(target: string, detail: string | null): Failure {
  return {
    kind: "connection",
    summary: `Lost the connection to ${target}`,
    detail: detail ?? "Connection closed by remote host",
    hint: "dpdisp connects again; jobs keep running meanwhile",
    isRetryable: true,
  };
}

/** The message of an internal error, or an error of the system, for a failure. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** OpenSSH's words in place of the system's codes. */
const CODE_TEXTS: Readonly<Record<string, string>> = {
  ENOTFOUND: "Could not resolve hostname",
  ECONNREFUSED: "Connection refused",
  EHOSTUNREACH: "No route to host",
  ENETUNREACH: "Network is unreachable",
  ECONNRESET: "Connection reset by peer",
  ETIMEDOUT: "Connection timed out",
};

function errorText({ message, code }: SshError): string {
  return (code && CODE_TEXTS[code]) ?? message;
}
