/** A machine behind the system's own `ssh` as a {@linkcode Shell}: one master connection carries everything. */
import { fail, ok } from "../../text/result.ts";
import type { Environment } from "../../environment/environment.ts";
import { spawnWaiting } from "../child_process.ts";
import { LOADER, type Shell } from "../shell.ts";
import { withStandbyShells } from "../standby_shells.ts";
import { currentOf } from "./shared_login.ts";
import { watchMaster } from "./master_watch.ts";
import { lost } from "./auth/failures.ts";
import {
  endMaster,
  guestWords,
  type Master,
  socketFolder,
  startMaster,
} from "./openssh_master.ts";

/** ssh(1): "exits with the exit status of the remote command or with 255 if an error occurred". */
const SSH_FAILED = 255;

interface State {
  /** It has let this dpdisp in before: only then may pass what goes wrong. */
  hasWorked: boolean;
  /** Null until it is needed. */
  master: Master | null;
}

/** Watched before it logs in: dpdisp may be killed meanwhile. */
function begin(way: Omit<Master, "folder" | "watch">): Master {
  const folder = socketFolder();
  return { ...way, folder, watch: watchMaster(folder, way.name) };
}

/** The login may ask at the terminal, as ssh does; scripts never do. */
export function opensshShell(
  way: Omit<Master, "folder" | "watch">,
  world: Pick<Environment, "clock">,
): Shell {
  const { name } = way;
  const state: State = { hasWorked: false, master: null };
  const login = currentOf(() => {
    state.master ??= begin(way);
    return startMaster(state.master, world);
  });
  const spares = withStandbyShells(async (ahead) => {
    if (ahead && login.now() === null) return fail(lost(name, null));
    const current = login.get();
    const master = await current;
    if (!master.ok) {
      login.forget(current);
      return fail({ ...master.error, isRetryable: state.hasWorked });
    }
    state.hasWorked = true;
    return spawnWaiting("ssh", guestWords(master.value, LOADER), (code) => {
      if (code !== SSH_FAILED) return ok(code);
      // The script may be what was killed: whether the master lives is asked next time.
      login.forget(current);
      return fail({
        sent: true,
        failure: lost(name, "ssh ended with code 255"),
      });
    });
  });
  return {
    local: false,
    open: spares.open,
    async [Symbol.asyncDispose]() {
      await login.now();
      await spares.drop();
      if (state.master !== null) await endMaster(state.master);
    },
  };
}
