/** A machine behind the system's own `ssh` as a {@linkcode Shell}: one master connection carries everything. */
import { fail, type Failure, ok, type Result } from "../../result.ts";
import { spawnWaiting } from "../child.ts";
import { LOADER, type Shell } from "../shell.ts";
import { withSpare } from "../spare.ts";
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
  /** It is there or under way. */
  login: Promise<Result<void>> | null;
  /** It has let this dpdisp in before: only then may pass what goes wrong. */
  hasWorked: boolean;
  /** Null until it is needed. */
  master: Master | null;
}

/**
 * `options` and `name` are what `ssh` is given, `onceIn` is shell text for
 * after each login. The login may ask at the terminal, as ssh does; scripts
 * never do.
 */
export function opensshShell(
  name: string,
  options: readonly string[],
  onceIn: string | null,
): Shell {
  const state: State = { login: null, hasWorked: false, master: null };
  const spares = withSpare(async (ahead) => {
    if (ahead && state.login === null) return fail(lost(name, "it ended"));
    const folder = state.master?.folder ?? socketFolder();
    const master = state.master ??= { name, options, onceIn, folder };
    state.login ??= startMaster(master);
    const login = await state.login;
    if (!login.ok) {
      state.login = null;
      return fail({ ...login.error, again: state.hasWorked });
    }
    state.hasWorked = true;
    return spawnWaiting("ssh", guestWords(master, LOADER), (code) => {
      if (code !== SSH_FAILED) return ok(code);
      // The script may be what was killed: whether the master lives is asked next time.
      state.login = null;
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
      await state.login;
      await spares.drop();
      if (state.master !== null) await endMaster(state.master);
    },
  };
}

function lost(name: string, saw: string): Failure {
  return {
    kind: "connection",
    tried: `Lost the connection to ${name}`,
    saw,
    advice: "It is connected again; jobs go on meanwhile",
    again: true,
  };
}
