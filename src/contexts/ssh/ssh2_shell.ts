/** A machine behind ssh2 as a {@linkcode Shell}: one login carries everything. */
import { fail, type Failure, ok, type Result } from "../../result.ts";
import type { World } from "../../world.ts";
import type { Lost, Shell } from "../shell.ts";
import { withSpare } from "../spare.ts";
import { openChannel, runOnce, talk } from "./channel.ts";
import { type Connection, connectThrough } from "./connection.ts";
import { addressOf, type Hop } from "./hop.ts";
import type { ClientChannel } from "./ssh2.ts";

interface State {
  /** The login that lives or is under way. */
  current: Promise<Result<Connection>> | null;
  /** It has let this dpdisp in before: what goes wrong then may pass. */
  hasWorked: boolean;
}

/**
 * Connects for the first script, and for the first after the connection was
 * lost. `onceIn`: shell text that is run after each login; how it ends does
 * not matter.
 */
export function ssh2Shell(
  route: readonly Hop[],
  world: World,
  onceIn: string | null,
): Shell {
  const state: State = { current: null, hasWorked: false };
  const target = addressOf(route.at(-1)!);
  return {
    local: false,
    open: withSpare(async (ahead) => {
      if (ahead && state.current === null) return fail(lost(target, null));
      const connected = await connection();
      if (!connected.ok) return connected;
      try {
        const channel = await channelOn(connected.value, ahead);
        return ok({
          isThere: () => !channel.destroyed,
          give: (script, io) => talk(channel, script, io, why(connected.value)),
        });
      } catch (error) {
        return fail(noChannel(target, error));
      }
    }),
    async [Symbol.asyncDispose]() {
      const last = await state.current;
      if (last?.ok) last.value.close();
    },
  };

  async function connection(): Promise<Result<Connection>> {
    state.current ??= connect();
    const connected = await state.current;
    if (connected.ok) return connected;
    state.current = null;
    const { error } = connected;
    return fail({ ...error, again: error.again || state.hasWorked });
  }

  async function connect(): Promise<Result<Connection>> {
    const connected = await connectThrough(route, world);
    if (!connected.ok) return connected;
    state.hasWorked = true;
    connected.value.ended.then(() => state.current = null);
    if (onceIn !== null) await runOnce(connected.value.client, onceIn);
    return connected;
  }

  function why({ end }: Connection): () => Lost {
    return () => ({ sent: true, failure: lost(target, end.why) });
  }
}

/** Where the host opens no more channels (MaxSessions of sshd_config(5)) one that is at work is waited for. */
async function channelOn(
  { client, channels }: Connection,
  ahead: boolean,
): Promise<ClientChannel> {
  for (;;) {
    try {
      const channel = await openChannel(client);
      const closed = new Promise<void>((resolve) => {
        channel.once("close", () => resolve());
      });
      channels.add(closed);
      closed.then(() => channels.delete(closed));
      return channel;
    } catch (error) {
      if (ahead || channels.size === 0) throw error;
      await Promise.race(channels);
    }
  }
}

function lost(target: string, why: string | null): Failure {
  return {
    kind: "connection",
    tried: `Lost the connection to ${target}`,
    saw: why ?? "it ended",
    advice: "It is connected again; jobs go on meanwhile",
    again: true,
  };
}

function noChannel(target: string, error: unknown): Failure {
  return {
    kind: "connection",
    tried: `Cannot start a script on ${target}`,
    saw: error instanceof Error ? error.message : String(error),
    again: true,
  };
}
