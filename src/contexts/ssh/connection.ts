/** A login that lives, through as many hosts as it takes. */
import type { Duplex } from "node:stream";
import { fail, ok, type Result } from "../../text/result.ts";
import type { Environment } from "../../environment/environment.ts";
import type { Hop } from "./hop.ts";
import { confirmHostKey } from "./host_keys/verify_host.ts";
import { logIn } from "./auth/mod.ts";
import { refused } from "./auth/failures.ts";
import { type Sessions, sessionsOf } from "./channel_pool.ts";
import { openSocket } from "./socket.ts";
import type { Client } from "./ssh2.ts";

export interface Connection {
  /** Of the last host. */
  readonly client: Client;
  readonly ended: Promise<void>;
  readonly sessions: Sessions;
  /** Why it ended; null while nothing is known. */
  readonly end: { readonly why: string | null };
  /** Waits until all hosts on the way are left. */
  close(): Promise<void>;
}

/** One that is logged in to. */
interface Host {
  readonly client: Client;
  readonly socket: Duplex;
  readonly closed: Promise<void>;
}

/** How long a host may take to close the connection, in ms. */
const GOODBYE = 1_000;

/** Logs in to one host after the other, each through the one before. */
export async function connectThrough(
  route: readonly Hop[],
  world: Environment,
): Promise<Result<Connection>> {
  const hosts: Host[] = [];
  const close = async () => {
    for (const host of hosts.toReversed()) await leave(host, world);
  };
  for (const hop of route) {
    const host = await reach(hop, hosts.at(-1)?.client ?? null, world);
    if (!host.ok) {
      await close();
      return host;
    }
    hosts.push(host.value);
  }
  return ok(watch(hosts, close, world));
}

/** A host that is not known is met first, if somebody can say that it is the right one. */
async function reach(
  hop: Hop,
  before: Client | null,
  world: Environment,
): Promise<Result<Host>> {
  const socket = await openSocket(hop, before, world);
  if (!socket.ok) return fail(refused(hop, socket.error));
  const client = await logIn(hop, socket.value, world);
  if (client.ok) {
    const closed = endOf(client.value);
    return ok({ client: client.value, socket: socket.value, closed });
  }
  const { failure, stranger } = client.error;
  return stranger && await confirmHostKey(hop, stranger, world)
    ? await reach(hop, before, world)
    : fail(failure);
}

/** A lost host on the way takes those behind it along. */
function watch(
  hosts: readonly Host[],
  close: () => Promise<void>,
  world: Pick<Environment, "clock">,
): Connection {
  const end = { why: null as string | null };
  for (const { client, closed } of hosts) {
    client.on("error", (error: Error) => end.why ??= error.message);
    closed.then(close);
  }
  const { client, closed } = hosts.at(-1)!;
  const sessions = sessionsOf(client, world);
  return { client, ended: closed, end, close, sessions };
}

/** A host that does not say goodbye is left without. */
async function leave(
  { client, socket, closed }: Host,
  { clock }: Pick<Environment, "clock">,
): Promise<void> {
  const enough = new AbortController();
  client.end();
  await Promise.race([closed, clock.sleep(GOODBYE, enough.signal)]);
  enough.abort();
  socket.destroy();
  await closed;
}

function endOf(client: Client): Promise<void> {
  return new Promise((resolve) => client.once("close", () => resolve()));
}
