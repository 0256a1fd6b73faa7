/** A machine behind the system's own `ssh` as a {@linkcode Shell}: one master connection carries everything. */
import { fail, type Failure, ok, type Result } from "../../result.ts";
import { spawnWaiting } from "../child.ts";
import { LOADER, type Shell } from "../shell.ts";
import { withSpare } from "../spare.ts";

/** ssh(1): "exits with the exit status of the remote command or with 255 if an error occurred". */
const SSH_FAILED = 255;

/** A drop is known after 9 s. */
const ALIVE = ["-o", "ServerAliveInterval=3", "-o", "ServerAliveCountMax=2"];

interface State {
  master: Promise<Result<void>> | null;
  /** It has let this dpdisp in before: what goes wrong then may pass. */
  hasWorked: boolean;
  /** Of this shell alone; null until it is needed. */
  folder: string | null;
}

/**
 * `options` and `name` are what `ssh` is given. The master connection may ask
 * at the terminal, as ssh does; scripts never do. Whoever dies leaves the
 * master to end by itself.
 */
export function opensshShell(
  name: string,
  options: readonly string[],
  onceIn: string | null,
): Shell {
  const state: State = { master: null, hasWorked: false, folder: null };
  const folder = () => state.folder ??= Deno.makeTempDirSync();
  const words = () => ["-S", `${folder()}/s`, ...options];
  const lost = (saw: string): Failure => ({
    kind: "connection",
    tried: `Lost the connection to ${name}`,
    saw,
    advice: "It is connected again; jobs go on meanwhile",
    again: true,
  });
  return {
    local: false,
    open: withSpare(async (ahead) => {
      if (ahead && state.master === null) return fail(lost("it ended"));
      state.master ??= startMaster(words(), name, folder(), onceIn);
      const master = await state.master;
      if (!master.ok) {
        state.master = null;
        const again = master.error.again || state.hasWorked;
        return fail({ ...master.error, again });
      }
      state.hasWorked = true;
      const args = [...words(), "-T", "-o", "BatchMode=yes", "--", name];
      return spawnWaiting("ssh", [...args, LOADER], (code) => {
        if (code !== SSH_FAILED) return ok(code);
        state.master = null;
        return fail({ sent: true, failure: lost("ssh ended with code 255") });
      });
    }),
    async [Symbol.asyncDispose]() {
      if (state.folder === null) return;
      await run([...words(), "-O", "exit", "--", name]);
      await Deno.remove(state.folder, { recursive: true }).catch(() => {});
    },
  };
}

/** What ssh says goes to a file: a pipe would stay open with the master that goes to the background. */
async function startMaster(
  words: readonly string[],
  name: string,
  folder: string,
  onceIn: string | null,
): Promise<Result<void>> {
  const log = `${folder}/log`;
  // The socket of a master that was lost would be in the way.
  await Deno.remove(`${folder}/s`).catch(() => {});
  await Deno.writeTextFile(log, "");
  const master = ["-f", "-N", "-M", "-E", log, "-o", "ControlPersist=yes"];
  const code = await run([...words, ...master, ...ALIVE, "--", name]);
  if (code !== 0) {
    const said = (await Deno.readTextFile(log)).trim();
    return fail(refused(name, said || `ssh ended with exit code ${code}`));
  }
  if (onceIn !== null) await run([...words, "-T", "--", name, onceIn]);
  return ok(undefined);
}

function refused(name: string, saw: string): Failure {
  return {
    kind: "connection",
    tried: `Cannot connect to ${name}`,
    saw,
    advice:
      `Try \`ssh ${name}\`: with transport = "openssh" it decides who gets in`,
    again: false,
  };
}

/** Its exit code; 127 where there is no ssh. */
async function run(args: readonly string[]): Promise<number> {
  try {
    const { code } = await new Deno.Command("ssh", {
      args: [...args],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).output();
    return code;
  } catch {
    return 127;
  }
}
