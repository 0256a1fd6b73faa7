/** A login that lives, through as many hosts as it takes. */
import { fail, ok, type Result } from "../../result.ts";
import type { World } from "../../world.ts";
import type { Hop } from "./hop.ts";
import { meet } from "./host_trust.ts";
import { logIn } from "./login.ts";
import { refused } from "./login_failures.ts";
import { carry } from "./socket.ts";
import type { Client } from "./ssh2.ts";

export interface Connection {
  /** Of the last host. */
  readonly client: Client;
  readonly ended: Promise<void>;
  /** Each open channel, as the promise of its end. */
  readonly channels: Set<Promise<void>>;
  /** Why it ended; null while nothing is known. */
  readonly end: { readonly why: string | null };
  close(): void;
}

/** Logs in to one host after the other, each through the one before. */
export async function connectThrough(
  route: readonly Hop[],
  world: World,
): Promise<Result<Connection>> {
  const clients: Client[] = [];
  const close = () => clients.toReversed().forEach((client) => client.end());
  for (const hop of route) {
    const client = await reach(hop, clients.at(-1) ?? null, world);
    if (!client.ok) {
      close();
      return client;
    }
    clients.push(client.value);
  }
  return ok(watch(clients, close));
}

/** A host that is not known is met first, if somebody can say that it is the right one. */
async function reach(
  hop: Hop,
  before: Client | null,
  world: World,
): Promise<Result<Client>> {
  try {
    const client = await logIn(hop, await carry(hop, before), world);
    if (client.ok) return client;
    const { failure, stranger } = client.error;
    return stranger && await meet(hop, stranger, world)
      ? await reach(hop, before, world)
      : fail(failure);
  } catch (error) {
    const cause = error instanceof Error ? error : new Error(String(error));
    return fail(refused(hop, cause, [], []));
  }
}

/** A lost host on the way takes those behind it along. */
function watch(clients: readonly Client[], close: () => void): Connection {
  const client = clients.at(-1)!;
  const end = { why: null as string | null };
  for (const each of clients) {
    each.on("error", (error: Error) => end.why ??= error.message);
    each.on("close", close);
  }
  const ended = new Promise<void>((resolve) => {
    client.once("close", () => resolve());
  });
  return { client, ended, end, close, channels: new Set() };
}
