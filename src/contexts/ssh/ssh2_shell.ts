/** A machine behind ssh2 as a {@linkcode Shell}: one login carries everything. */
import { fail, type Failure, ok, type Result } from "../../result.ts";
import type { World } from "../../world.ts";
import type { Io, Lost, Shell, Stream } from "../shell.ts";
import { openChannel, runOnce, talk } from "./channel.ts";
import { type Connection, connectThrough } from "./connection.ts";
import { addressOf, type Hop } from "./hop.ts";

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
  const target = route.at(-1)!;
  return {
    local: false,
    open: (script, io = {}) => open(script, io),
    async [Symbol.asyncDispose]() {
      const last = await state.current;
      if (last?.ok) last.value.close();
    },
  };

  async function open(script: string, io: Io): Promise<Result<Stream>> {
    state.current ??= connect();
    const connected = await state.current;
    if (!connected.ok) {
      state.current = null;
      const { error } = connected;
      return fail({ ...error, again: error.again || state.hasWorked });
    }
    const { client, end } = connected.value;
    try {
      const channel = await openChannel(client);
      return ok(talk(channel, script, io, () => lost(end.why)));
    } catch (error) {
      return fail(noChannel(error));
    }
  }

  async function connect(): Promise<Result<Connection>> {
    const connection = await connectThrough(route, world);
    if (!connection.ok) return connection;
    state.hasWorked = true;
    connection.value.ended.then(() => state.current = null);
    if (onceIn !== null) await runOnce(connection.value.client, onceIn);
    return connection;
  }

  function lost(why: string | null): Lost {
    return { sent: true, failure: interrupted(why) };
  }

  function interrupted(why: string | null): Failure {
    return {
      kind: "connection",
      tried: `Lost the connection to ${addressOf(target)}`,
      saw: why ?? "it ended",
      advice: "It is connected again; jobs go on meanwhile",
      again: true,
    };
  }

  function noChannel(error: unknown): Failure {
    return {
      kind: "connection",
      tried: `Cannot start a script on ${addressOf(target)}`,
      saw: error instanceof Error ? error.message : String(error),
      again: true,
    };
  }
}
