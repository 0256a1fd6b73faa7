/** A {@linkcode Shell} over ssh2: one login carries everything. */
import { fail, type Failure, ok, type Result } from "../../text/result.ts";
import type { Environment } from "../../environment/environment.ts";
import type { Shell } from "../shell.ts";
import { standbyPool } from "../standby_shells.ts";
import { runExecuteCommand, runScript } from "./channel.ts";
import { type Connection, connectThrough } from "./connection.ts";
import { sharedLogin } from "./shared_login.ts";
import { addressOf, type Hop } from "./hop.ts";
import { connectionLost, messageOf } from "./auth/failures.ts";
import type { ExecuteCommand } from "./execute_command.ts";

/** Connects for the first script, and for the first after the connection was lost. */
export function ssh2Shell(
  route: readonly Hop[],
  environment: Environment,
  executeCommand: ExecuteCommand | null,
): Shell {
  const login = loginTo(route, environment, executeCommand);
  const target = addressOf(route.at(-1)!);
  const pool = standbyPool(async (isAhead) => {
    if (isAhead && login.current() === null) {
      return fail(connectionLost(target, null));
    }
    const connected = await login.get();
    if (!connected.ok) return connected;
    const { channels, end } = connected.value;
    const lost = () => ({
      sent: true,
      failure: connectionLost(target, end.reason),
    });
    try {
      const channel =
        await (isAhead ? channels.openAhead() : channels.acquire());
      return ok({
        isRunning: () => channels.isIdle(channel),
        run(script, io) {
          channels.claim(channel);
          return runScript(channel, script, io, lost);
        },
        close: () => Promise.resolve(channels.closeIdle(channel)),
      });
    } catch (error) {
      return fail(channelFailure(target, error));
    }
  });
  return {
    local: false,
    open: pool.open,
    async [Symbol.asyncDispose]() {
      const last = await login.current();
      if (last?.ok) await last.value.close();
      await pool.close();
    },
  };
}

/** A connection is used until it ends; then the next caller logs in again. */
function loginTo(
  route: readonly Hop[],
  environment: Environment,
  executeCommand: ExecuteCommand | null,
) {
  // After a login that succeeded a failure may be temporary. Before that it is final, because the host may be mistyped.
  const state = { hasConnected: false };
  const login = sharedLogin<Result<Connection>>(async () => {
    const connected = await connectThrough(route, environment);
    if (!connected.ok) return connected;
    state.hasConnected = true;
    const current = login.current();
    const { client, ended } = connected.value;
    ended.then(() => current && login.forget(current));
    if (executeCommand) {
      await runExecuteCommand(client, executeCommand, environment);
    }
    return connected;
  });
  return {
    current: login.current,
    async get(): Promise<Result<Connection>> {
      const current = login.get();
      const connected = await current;
      if (connected.ok) return connected;
      login.forget(current);
      const { error } = connected;
      return fail({
        ...error,
        isRetryable: error.isRetryable && state.hasConnected,
      });
    },
  };
}

function channelFailure(target: string, error: unknown): Failure {
  return {
    kind: "connection",
    summary: `Cannot start a script on ${target}`,
    detail: messageOf(error),
    isRetryable: true,
  };
}
