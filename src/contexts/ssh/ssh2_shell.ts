/** A machine behind ssh2 as a {@linkcode Shell}: one login carries everything. */
import { fail, type Failure, ok, type Result } from "../../text/result.ts";
import type { Environment } from "../../environment/environment.ts";
import type { Shell } from "../shell.ts";
import { withStandbyShells } from "../standby_shells.ts";
import { runOnce, talk } from "./channel.ts";
import { type Connection, connectThrough } from "./connection.ts";
import { currentOf } from "./shared_login.ts";
import { addressOf, type Hop } from "./hop.ts";
import { lost } from "./auth/failures.ts";
import type { ExecuteCommand } from "./execute_command.ts";

/** Connects for the first script, and for the first after the connection was lost. */
export function ssh2Shell(
  route: readonly Hop[],
  world: Environment,
  onceIn: ExecuteCommand | null,
): Shell {
  const login = loginsTo(route, world, onceIn);
  const target = addressOf(route.at(-1)!);
  const spares = withStandbyShells(async (ahead) => {
    if (ahead && login.now() === null) return fail(lost(target, null));
    const connected = await login.get();
    if (!connected.ok) return connected;
    const { sessions } = connected.value;
    try {
      const channel = await (ahead ? sessions.ahead() : sessions.now());
      return ok({
        isThere: () => sessions.isIdle(channel),
        give(script, io) {
          sessions.claim(channel);
          const { end } = connected.value;
          const why = () => ({ sent: true, failure: lost(target, end.why) });
          return talk(channel, script, io, why);
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
      const last = await login.now();
      if (last?.ok) await last.value.close();
      await spares.drop();
    },
  };
}

/** Each that is made lives until it ends; `now` is as that of {@linkcode currentOf}. */
function loginsTo(
  route: readonly Hop[],
  world: Environment,
  onceIn: ExecuteCommand | null,
) {
  // Has it let this dpdisp in before, what goes wrong may pass. Else it is told at once, for whoever mistyped the host.
  const state = { hasWorked: false };
  const login = currentOf<Result<Connection>>(async () => {
    const connected = await connectThrough(route, world);
    if (!connected.ok) return connected;
    state.hasWorked = true;
    const current = login.now();
    connected.value.ended.then(() => current && login.forget(current));
    if (onceIn) await runOnce(connected.value.client, onceIn, world);
    return connected;
  });
  return {
    now: login.now,
    async get(): Promise<Result<Connection>> {
      const current = login.get();
      const connected = await current;
      if (connected.ok) return connected;
      login.forget(current);
      const { error } = connected;
      return fail({
        ...error,
        isRetryable: error.isRetryable && state.hasWorked,
      });
    },
  };
}

function noChannel(target: string, error: unknown): Failure {
  return {
    kind: "connection",
    summary: `Cannot start a script on ${target}`,
    detail: error instanceof Error ? error.message : String(error),
    isRetryable: true,
  };
}
