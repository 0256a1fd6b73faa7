/** A connection to a host, through its jump hosts. */
import type { Duplex } from "node:stream";
import { fail, ok, type Result } from "../../text/result.ts";
import type { Environment } from "../../environment/environment.ts";
import type { Hop } from "./hop.ts";
import { confirmHostKey } from "./host_keys/verify_host.ts";
import { logIn } from "./auth/mod.ts";
import { loginFailure } from "./auth/failures.ts";
import { type ChannelPool, channelPool } from "./channel_pool.ts";
import { openSocket } from "./socket.ts";
import type { Client } from "./ssh2.ts";

export interface Connection {
  /** The client of the last host. */
  readonly client: Client;
  readonly ended: Promise<void>;
  readonly channels: ChannelPool;
  /** Why it ended; null where no reason is known. */
  readonly end: { readonly reason: string | null };
  /** Waits until the connections to all hosts are closed. */
  close(): Promise<void>;
}

/** A host after its login. */
interface Host {
  readonly client: Client;
  readonly socket: Duplex;
  readonly closed: Promise<void>;
}

/** How long a host may take to close the connection. */
const CLOSE_TIMEOUT_MS = 1_000;

/** Logs in to one host after the other, each through the one before. */
export async function connectThrough(
  route: readonly Hop[],
  environment: Environment,
): Promise<Result<Connection>> {
  const hosts: Host[] = [];
  const close = async () => {
    for (const host of hosts.toReversed()) await closeHost(host, environment);
  };
  for (const hop of route) {
    const host = await reach(hop, hosts.at(-1)?.client ?? null, environment);
    if (!host.ok) {
      await close();
      return host;
    }
    hosts.push(host.value);
  }
  return ok(watch(hosts, close, environment));
}

/** Where known_hosts does not have the host, the user is asked to confirm its key. */
async function reach(
  hop: Hop,
  before: Client | null,
  environment: Environment,
): Promise<Result<Host>> {
  const socket = await openSocket(hop, before, environment);
  if (!socket.ok) return fail(loginFailure(hop, socket.error));
  const client = await logIn(hop, socket.value, environment);
  if (client.ok) {
    const closed = endOf(client.value);
    return ok({ client: client.value, socket: socket.value, closed });
  }
  const { failure, unknownKey } = client.error;
  return unknownKey && await confirmHostKey(hop, unknownKey, environment)
    ? await reach(hop, before, environment)
    : fail(failure);
}

/** Where the connection to one host is lost, those to all others are closed. */
function watch(
  hosts: readonly Host[],
  close: () => Promise<void>,
  environment: Pick<Environment, "clock">,
): Connection {
  const end = { reason: null as string | null };
  for (const { client, closed } of hosts) {
    client.on("error", (error: Error) => end.reason ??= error.message);
    closed.then(close);
  }
  const { client, closed } = hosts.at(-1)!;
  const channels = channelPool(client, environment);
  return { client, ended: closed, end, close, channels };
}

/** Closes the socket of a host that does not close the connection in time. */
async function closeHost(
  { client, socket, closed }: Host,
  { clock }: Pick<Environment, "clock">,
): Promise<void> {
  const timer = new AbortController();
  client.end();
  await Promise.race([closed, clock.sleep(CLOSE_TIMEOUT_MS, timer.signal)]);
  timer.abort();
  socket.destroy();
  await closed;
}

function endOf(client: Client): Promise<void> {
  return new Promise((resolve) => client.once("close", () => resolve()));
}
