/** A machine behind ssh2 as a {@linkcode Shell}: one login carries everything. */
import { fail, type Failure, ok, type Result } from "../../result.ts";
import type { World } from "../../world.ts";
import type { Lost, Shell } from "../shell.ts";
import { withSpare } from "../spare.ts";
import { runOnce, talk } from "./channel.ts";
import { type Connection, connectThrough } from "./connection.ts";
import { addressOf, type Hop } from "./hop.ts";

interface State {
  /** The login that lives or is under way. */
  current: Promise<Result<Connection>> | null;
  /** It has let this dpdisp in before: what goes wrong then may pass. Before that it is told at once, for whoever mistyped the host. */
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
  const spares = withSpare(async (ahead) => {
    if (ahead && state.current === null) return fail(lost(target, null));
    const connected = await connection();
    if (!connected.ok) return connected;
    const { sessions } = connected.value;
    try {
      const channel = await (ahead ? sessions.ahead() : sessions.now());
      return ok({
        isThere: () => sessions.isIdle(channel),
        give(script, io) {
          sessions.claim(channel);
          return talk(channel, script, io, why(connected.value));
        },
        drop: () => Promise.resolve(sessions.dismiss(channel)),
      });
    } catch (error) {
      return fail(noChannel(target, error));
    }
  });
  return {
    local: false,
    open: spares.open,
    async [Symbol.asyncDispose]() {
      const last = await state.current;
      if (last?.ok) await last.value.close();
      await spares.drop();
    },
  };

  async function connection(): Promise<Result<Connection>> {
    state.current ??= connect();
    const connected = await state.current;
    if (connected.ok) return connected;
    state.current = null;
    const { error } = connected;
    return fail({ ...error, again: error.again && state.hasWorked });
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
