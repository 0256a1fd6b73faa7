/** A {@linkcode Shell} over the system's `ssh`: one master connection carries everything. */
import { fail, ok } from "../../text/result.ts";
import type { Environment } from "../../environment/environment.ts";
import { spawnStandby } from "../child_process.ts";
import { LOADER, type Shell } from "../shell.ts";
import { standbyPool } from "../standby_shells.ts";
import { sharedLogin } from "./shared_login.ts";
import { watchMaster } from "./master_watch.ts";
import { connectionLost } from "./auth/failures.ts";
import {
  clientArguments,
  endMaster,
  makeSocketDirectory,
  type Master,
  startMaster,
} from "./openssh_master.ts";

/** ssh(1): "exits with the exit status of the remote command or with 255 if an error occurred". */
const SSH_FAILED = 255;

interface State {
  /** True after a login that succeeded: only then is a failure retryable. */
  hasConnected: boolean;
  /** Null until it is needed. */
  master: Master | null;
}

/** The watch starts before the login, because dpdisp may be killed during the login. */
function createMaster(settings: Omit<Master, "directory" | "watch">): Master {
  const directory = makeSocketDirectory();
  const watch = watchMaster(directory, settings.name);
  return { ...settings, directory, watch };
}

/** The login may prompt at the terminal, as ssh does; scripts never do. */
export function opensshShell(
  settings: Omit<Master, "directory" | "watch">,
  environment: Pick<Environment, "clock">,
): Shell {
  const { name } = settings;
  const state: State = { hasConnected: false, master: null };
  const login = sharedLogin(() => {
    state.master ??= createMaster(settings);
    return startMaster(state.master, environment);
  });
  const pool = standbyPool(async (isAhead) => {
    if (isAhead && login.current() === null) {
      return fail(connectionLost(name, null));
    }
    const current = login.get();
    const master = await current;
    if (!master.ok) {
      login.forget(current);
      return fail({ ...master.error, isRetryable: state.hasConnected });
    }
    state.hasConnected = true;
    const args = clientArguments(master.value, LOADER);
    return spawnStandby("ssh", args, (code) => {
      if (code !== SSH_FAILED) return ok(code);
      // Perhaps only the script was killed: the next login checks whether the master is running.
      login.forget(current);
      return fail({
        sent: true,
        failure: connectionLost(name, "ssh ended with exit code 255"),
      });
    });
  });
  return {
    local: false,
    open: pool.open,
    async [Symbol.asyncDispose]() {
      await login.current();
      await pool.close();
      if (state.master !== null) {
        await endMaster(state.master, environment);
      }
    },
  };
}
