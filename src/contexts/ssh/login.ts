/** Logs in to one host. */
import type { Duplex } from "node:stream";
import { fail, type Failure, ok, type Result } from "../../result.ts";
import type { World } from "../../world.ts";
import { algorithmsFor } from "./algorithms.ts";
import { addressOf, type Hop } from "./hop.ts";
import { type Distrust, judge, knownTypes } from "./host_trust.ts";
import { distrusted, refused, type SshError } from "./login_failures.ts";
import { type Notes, type Way, waysFor } from "./login_ways.ts";
import { codesOf } from "./one_time.ts";
import { type Patience, patienceOf } from "./patience.ts";
import { answerer } from "./prompts.ts";
import {
  type AuthHandlerMiddleware,
  Client,
  type ConnectConfig,
} from "./ssh2.ts";

/** An unanswered question every so often (ms), so many of them: a drop is known after 9 s. */
const ALIVE_EVERY = 3_000;
const ALIVE_MISSES = 2;

/** A failure, and the key of a host that is not known. */
export interface NoLogin {
  readonly failure: Failure;
  readonly stranger: Uint8Array | null;
}

/** Fails where the host cannot be reached, is not trusted, or lets nobody in. */
export async function logIn(
  hop: Hop,
  socket: Duplex,
  world: World,
): Promise<Result<Client, NoLogin>> {
  const { secrets } = hop;
  const codes = secrets.totp === null
    ? null
    : codesOf(secrets.totp, `codes for ${addressOf(hop)}`, world);
  const notes: Notes = [];
  if (secrets.totp !== null && codes === null) {
    notes.push("totp_secret is no base32 text");
  }
  const patience = patienceOf(hop.timeout_s, world);
  const answer = answerer(hop, codes, world, notes);
  const ways = waysFor(hop, world, patience.paused(answer), notes);
  const seen = { distrust: null as Distrust, tried: [] as string[] };
  const client = new Client();
  const config: ConnectConfig = {
    sock: socket as NonNullable<ConnectConfig["sock"]>,
    username: hop.user,
    // It would count the time that somebody takes to answer.
    readyTimeout: 0,
    keepaliveInterval: ALIVE_EVERY,
    keepaliveCountMax: ALIVE_MISSES,
    algorithms: algorithmsFor(knownTypes(hop, world)),
    // At once: ssh2 hangs where the host's next message comes before this answer.
    hostVerifier: (key: Uint8Array) => {
      seen.distrust = judge(hop, key, world);
      return seen.distrust === null;
    },
    authHandler: tryEach(ways, seen.tried, patience),
  };
  const failed = await new Promise<SshError | null>((resolve) => {
    client.once("ready", () => resolve(null));
    client.once("close", () => resolve(new Error("the host hung up")));
    client.on("error", (error: SshError) => {
      // An agent that does not answer is one way less, not the end.
      if (error.level === "agent") notes.push(`agent: ${error.message}`);
      else resolve(error);
    });
    patience.onOut(() =>
      resolve(new Error(`no answer within ${hop.timeout_s} s`))
    );
    client.connect(config);
  });
  patience.end();
  if (failed === null) return ok(client);
  client.destroy();
  const { distrust } = seen;
  return fail({
    failure: distrust
      ? distrusted(hop, distrust)
      : refused(hop, failed, seen.tried, notes),
    stranger: distrust?.stranger ?? null,
  });
}

/** One way after the other, of those that the host still offers. */
function tryEach(
  ways: readonly Way[],
  tried: string[],
  patience: Patience,
): AuthHandlerMiddleware {
  const left = [...ways];
  const choose = async (
    offered: readonly string[] | null,
    next: Parameters<AuthHandlerMiddleware>[2],
  ): Promise<void> => {
    for (;;) {
      const at = left.findIndex(({ method }) =>
        offered?.includes(method) ?? true
      );
      if (at < 0) return next(false as never);
      const [way] = left.splice(at, 1);
      const attempt = await patience.paused(way!.begin)();
      if (attempt === null) continue;
      tried.push(way!.shown);
      return next(attempt);
    }
  };
  return (offered, _partial, next) => {
    patience.restart();
    choose(offered, next);
  };
}
