/** Logs in to one host. */
import type { Duplex } from "node:stream";
import { fail, type Failure, ok, type Result } from "../../../text/result.ts";
import type { Environment } from "../../../environment/environment.ts";
import { algorithmsFor } from "../algorithms.ts";
import type { Hop } from "../hop.ts";
import {
  type HostKeyProblem,
  knownKeyTypes,
  verifyHostKey,
} from "../host_keys/verify_host.ts";
import {
  hostKeyFailure,
  loginFailure,
  messageOf,
  type SshError,
} from "./failures.ts";
import type { AuthAttempts, Notes } from "./hints.ts";
import { agentErrorNote } from "./key_methods.ts";
import { authMethodsFor } from "./methods.ts";
import { totpCodes } from "./totp.ts";
import { type AuthTimeout, authTimeout } from "./timeout.ts";
import { type Answers, promptAnswers } from "./prompts.ts";
import { type AuthHandler, Client, type ConnectConfig } from "../ssh2.ts";
import type { AuthMethod } from "./auth_method.ts";

/** A keepalive message every 3 s, of which two may stay unanswered: a lost connection is noticed after 9 s. */
const KEEPALIVE_MS = 3_000;
const KEEPALIVE_MISSES = 2;

/** Why a login failed; with the host's key where that is not in known_hosts. */
export interface LoginFailure {
  readonly failure: Failure;
  readonly unknownKey: Uint8Array | null;
}

/** How long a host may take to check a credential, because the user may have to confirm it on a phone. As LoginGraceTime of sshd_config(5). */
const CONFIRMATION_SECONDS = 120;

/** Fails where the host cannot be reached, its key cannot be verified, or it rejects all credentials. */
export async function logIn(
  hop: Hop,
  socket: Duplex,
  environment: Environment,
): Promise<Result<Client, LoginFailure>> {
  const timeout = authTimeout(hop.timeout_s, environment);
  const notes: Notes = [];
  const methods = authMethodsFor(
    hop,
    environment,
    answersFor(hop, environment, timeout, notes),
    notes,
  );
  const hostKey = { problem: null as HostKeyProblem };
  const progress: AuthProgress = { attempted: [], offered: null };
  const client = new Client();
  const config: ConnectConfig = {
    sock: socket,
    username: hop.user,
    // The timeout of ssh2 would count the time in which the user answers.
    readyTimeout: 0,
    keepaliveInterval: KEEPALIVE_MS,
    keepaliveCountMax: KEEPALIVE_MISSES,
    algorithms: algorithmsFor(
      hop.policy.algorithms,
      hop.policy.prefersKnown ? knownKeyTypes(hop, environment) : [],
    ),
    // Synchronous, because ssh2 hangs where the host's next message comes before this returns.
    hostVerifier: (key: Uint8Array) => {
      const address = remoteAddressOf(socket);
      hostKey.problem = verifyHostKey(hop, key, environment, address);
      return hostKey.problem === null;
    },
    authHandler: tryEach(methods, hop, progress, timeout, notes),
  };
  const error = await outcomeOf(client, config, hop, timeout, notes);
  timeout.end();
  if (error === null) return ok(client);
  client.destroy();
  socket.destroy();
  const { problem } = hostKey;
  return fail({
    failure: problem
      ? hostKeyFailure(hop, problem)
      : loginFailure(hop, error, attemptsOf(progress, notes)),
    unknownKey: problem?.unknownKey ?? null,
  });
}

/** The address that TCP connected to; a connection through another host or a command has none. */
function remoteAddressOf(socket: Duplex): string | null {
  const { remoteAddress } = socket as { readonly remoteAddress?: string };
  return remoteAddress ?? null;
}

interface AuthProgress {
  /** What the host rejected. */
  attempted: AuthMethod[];
  offered: readonly string[] | null;
}

function attemptsOf(
  { attempted, offered }: AuthProgress,
  notes: Notes,
): AuthAttempts {
  const labels = attempted.flatMap((method) => method.label() ?? []);
  return { attempted: labels, offered, notes };
}

/** Null where the login succeeded. */
function outcomeOf(
  client: Client,
  config: ConnectConfig,
  hop: Hop,
  timeout: AuthTimeout,
  notes: Notes,
): Promise<SshError | null> {
  return new Promise((resolve) => {
    client.once("ready", () => resolve(null));
    client.once(
      "close",
      () => resolve(new Error("Connection closed by remote host")),
    );
    client.once("change password", () => {
      resolve(
        new Error(
          "the password has expired and must be changed: log in with ssh once",
        ),
      );
    });
    client.on("error", (error: SshError) => {
      // Where the agent does not answer or a key cannot sign, the other methods are still tried.
      const { message } = error;
      if (error.level === "agent") notes.push(agentErrorNote(hop, message));
      else if (/^Error signing/.test(message)) notes.push({ detail: message });
      else resolve(error);
    });
    timeout.onTimeout((seconds) =>
      resolve(new Error(`Connection timed out: no answer within ${seconds} s`))
    );
    client.connect(config);
  });
}

function answersFor(
  hop: Hop,
  environment: Environment,
  timeout: AuthTimeout,
  notes: Notes,
): Answers {
  const { totp } = hop.secrets;
  const codes = totp === null ? null : totpCodes(totp, environment);
  if (totp !== null && codes === null) {
    notes.push({ detail: "totp_secret is not base32 text" });
  }
  const answers = promptAnswers(hop, codes, environment, notes);
  return { ...answers, answer: timeout.paused(answers.answer) };
}

/** Tries one method after the other, of those that the host still offers. */
function tryEach(
  methods: readonly AuthMethod[],
  { user: username }: Hop,
  progress: AuthProgress,
  timeout: AuthTimeout,
  notes: Notes,
): AuthHandler {
  const left = [...methods];
  const tryNext = async (
    offered: readonly string[] | null,
    next: Parameters<AuthHandler>[2],
  ): Promise<void> => {
    for (;;) {
      // Before the host has named its methods only the first one is tried, and only if it sends no secret.
      const at = offered === null
        ? left[0]?.isInteractive === false ? 0 : -1
        : left.findIndex(({ method }) => offered.includes(method));
      // The host rejects "none" and names its methods.
      if (at < 0 && offered === null) return next({ type: "none", username });
      if (at < 0) return next(false);
      const method = left.splice(at, 1)[0]!;
      const attempt = await timeout.paused(method.begin)();
      if (attempt === null) continue;
      progress.attempted.push(method);
      if (method.method !== "publickey") timeout.restart(CONFIRMATION_SECONDS);
      return next(attempt);
    }
  };
  return (offered, partial, next) => {
    timeout.restart();
    progress.offered = offered ?? progress.offered;
    if (partial) forgetAccepted(progress, notes);
    tryNext(offered, next).catch((error) => {
      notes.push({ detail: messageOf(error) });
      next(false);
    });
  };
}

/** After a partial success: the host accepted the last method and requires another one as well. */
function forgetAccepted({ attempted }: AuthProgress, notes: Notes): void {
  const accepted = attempted.pop()?.method;
  const others = notes.filter(({ hint }) => hint?.method !== accepted);
  notes.splice(0, notes.length, ...others);
}
