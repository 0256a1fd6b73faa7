/** Logs in to one host. */
import type { Duplex } from "node:stream";
import { fail, type Failure, ok, type Result } from "../../../text/result.ts";
import type { Environment } from "../../../environment/environment.ts";
import { algorithmsFor } from "../algorithms.ts";
import type { Hop } from "../hop.ts";
import {
  type HostKeyProblem,
  knownTypes,
  verifyHostKey,
} from "../host_keys/verify_host.ts";
import {
  distrusted,
  refused,
  type SshError,
  wordsOfFault,
} from "./failures.ts";
import type { AuthAttempts, Notes } from "./hints.ts";
import { unanswering } from "./key_methods.ts";
import { authMethodsFor } from "./methods.ts";
import { codesOf } from "./totp.ts";
import { type AuthTimeout, authTimeout } from "./timeout.ts";
import { type Answers, answersTo } from "./prompts.ts";
import { type AuthHandler, Client, type ConnectConfig } from "../ssh2.ts";
import type { AuthMethod } from "./auth_method.ts";

/** An unanswered question every so often (ms), so many of them: a drop is known after 9 s. */
const ALIVE_EVERY = 3_000;
const ALIVE_MISSES = 2;

/** A failure, and the key of a host that is not known. */
export interface NoLogin {
  readonly failure: Failure;
  readonly stranger: Uint8Array | null;
}

/** How long a host may take to judge what was answered: at a phone somebody may have to agree. As LoginGraceTime of sshd_config(5). */
const JUDGES_FOR = 120;

/** Fails where the host cannot be reached, is not trusted, or lets nobody in. */
export async function logIn(
  hop: Hop,
  socket: Duplex,
  world: Environment,
): Promise<Result<Client, NoLogin>> {
  const patience = authTimeout(hop.timeout_s, world);
  const notes: Notes = [];
  const ways = authMethodsFor(
    hop,
    world,
    answersFor(hop, world, patience, notes),
    notes,
  );
  const seen = { distrust: null as HostKeyProblem };
  const course: Course = { tried: [], offered: null };
  const client = new Client();
  const config: ConnectConfig = {
    sock: socket,
    username: hop.user,
    // It would count the time that somebody takes to answer.
    readyTimeout: 0,
    keepaliveInterval: ALIVE_EVERY,
    keepaliveCountMax: ALIVE_MISSES,
    algorithms: algorithmsFor(
      hop.policy.algorithms,
      hop.policy.prefersKnown ? knownTypes(hop, world) : [],
    ),
    // At once: ssh2 hangs where the host's next message comes before this answer.
    hostVerifier: (key: Uint8Array) => {
      seen.distrust = verifyHostKey(hop, key, world, addressBehind(socket));
      return seen.distrust === null;
    },
    authHandler: tryEach(ways, hop, course, patience, notes),
  };
  const failed = await outcomeOf(client, config, hop, patience, notes);
  patience.end();
  if (failed === null) return ok(client);
  client.destroy();
  socket.destroy();
  const { distrust } = seen;
  return fail({
    failure: distrust
      ? distrusted(hop, distrust)
      : refused(hop, failed, attemptsOf(course, notes)),
    stranger: distrust?.stranger ?? null,
  });
}

/** Where TCP has reached; what goes through another host or a command has none of its own. */
function addressBehind(socket: Duplex): string | null {
  const { remoteAddress } = socket as { readonly remoteAddress?: string };
  return remoteAddress ?? null;
}

/** How far a login has come. */
interface Course {
  /** What the host refused. */
  tried: AuthMethod[];
  offered: readonly string[] | null;
}

function attemptsOf({ tried, offered }: Course, notes: Notes): AuthAttempts {
  return { tried: tried.flatMap((way) => way.shown() ?? []), offered, notes };
}

/** Null: it lets us in. */
function outcomeOf(
  client: Client,
  config: ConnectConfig,
  hop: Hop,
  patience: AuthTimeout,
  notes: Notes,
): Promise<SshError | null> {
  return new Promise((resolve) => {
    client.once("ready", () => resolve(null));
    client.once("close", () => resolve(new Error("the host hung up")));
    client.once("change password", () => {
      resolve(new Error("it wants a new password; log in with ssh once"));
    });
    client.on("error", (error: SshError) => {
      // An agent that does not answer, or a key that cannot sign, is one way less, not the end.
      const { message: saw } = error;
      if (error.level === "agent") notes.push(unanswering(hop, saw));
      else if (/^Error signing/.test(saw)) notes.push({ saw });
      else resolve(error);
    });
    patience.onOut((seconds) =>
      resolve(new Error(`no answer within ${seconds} s`))
    );
    client.connect(config);
  });
}

function answersFor(
  hop: Hop,
  world: Environment,
  patience: AuthTimeout,
  notes: Notes,
): Answers {
  const { totp } = hop.secrets;
  const codes = totp === null ? null : codesOf(totp, world);
  if (totp !== null && codes === null) {
    notes.push({ saw: "totp_secret is no base32 text" });
  }
  const answers = answersTo(hop, codes, world, notes);
  return { ...answers, give: patience.paused(answers.give) };
}

/** One way after the other, of those that the host still offers. */
function tryEach(
  ways: readonly AuthMethod[],
  { user: username }: Hop,
  course: Course,
  patience: AuthTimeout,
  notes: Notes,
): AuthHandler {
  const left = [...ways];
  const choose = async (
    offered: readonly string[] | null,
    next: Parameters<AuthHandler>[2],
  ): Promise<void> => {
    for (;;) {
      // Before it has said what it takes: no other than the first, and no secret.
      const at = offered === null
        ? left[0]?.asks === false ? 0 : -1
        : left.findIndex(({ method }) => offered.includes(method));
      // Refused, it says what it offers.
      if (at < 0 && offered === null) return next({ type: "none", username });
      if (at < 0) return next(false);
      const [way] = left.splice(at, 1);
      const attempt = await patience.paused(way!.begin)();
      if (attempt === null) continue;
      course.tried.push(way!);
      if (way!.method !== "publickey") patience.restart(JUDGES_FOR);
      return next(attempt);
    }
  };
  return (offered, partial, next) => {
    patience.restart();
    course.offered = offered ?? course.offered;
    if (partial) half(course, notes);
    choose(offered, next).catch((fault) => {
      notes.push({ saw: wordsOfFault(fault) });
      next(false);
    });
  };
}

/** What was tried last is done: the host took it, and wants something else beside. */
function half({ tried }: Course, notes: Notes): void {
  const taken = tried.pop()?.method;
  const left = notes.filter(({ mend }) => mend?.by !== taken);
  notes.splice(0, notes.length, ...left);
}
