/** Scripts run by a program on the local host. */
import { fail, ok, type Result } from "../text/result.ts";
import {
  type ConnectionLoss,
  encodeScript,
  type Io,
  type Stream,
} from "./shell.ts";
import type { StandbyShell } from "./standby_shells.ts";

/** Starts the program with the script on its stdin, and with variables in addition to those of dpdisp; fails where the program does not exist. */
export function spawnScript(
  program: string,
  args: readonly string[],
  script: string,
  { env, ...io }: Io & { readonly env?: Readonly<Record<string, string>> } = {},
): Result<Stream> {
  const shell = spawnStandby(program, args, ok, env);
  return shell.ok ? ok(shell.value.run(script, io)) : shell;
}

/** Starts the program, which waits for the script on its stdin; fails where the program does not exist. */
export function spawnStandby(
  program: string,
  args: readonly string[],
  readExit: (code: number) => Result<number, ConnectionLoss> = ok,
  env: Readonly<Record<string, string>> = {},
): Result<StandbyShell> {
  // Detached, so that a Ctrl-C at the terminal reaches dpdisp and not its scripts.
  const command = new Deno.Command(program, {
    args: [...args],
    env: { ...env },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    detached: true,
  });
  try {
    const child = command.spawn();
    const { stdin, stdout, stderr, status } = child;
    const state = { isRunning: true };
    const end = status.then(({ code }) => {
      state.isRunning = false;
      return readExit(code);
    });
    return ok({
      isRunning: () => state.isRunning,
      run(script, io) {
        const written = writeInput(stdin, script, io.stdin);
        const exit = Promise.all([end, written]).then(([exit]) => exit);
        const stop = () => state.isRunning && child.kill("SIGTERM");
        io.signal?.addEventListener("abort", stop);
        return { stdout, stderr, exit };
      },
      async close() {
        if (state.isRunning) child.kill("SIGTERM");
        await Promise.all([
          status,
          stdin.abort().catch(() => {}),
          stdout.cancel(),
          stderr.cancel(),
        ]);
      },
    });
  } catch (error) {
    return fail({
      kind: "connection",
      summary: `Cannot start ${program} on the local host`,
      detail: String(error),
      isRetryable: false,
    });
  }
}

/** A script may end before it has read all its input: a closed pipe is not a failure, the exit code decides. */
async function writeInput(
  to: WritableStream<Uint8Array<ArrayBuffer>>,
  script: string,
  data: ReadableStream<Uint8Array<ArrayBuffer>> | undefined,
): Promise<void> {
  try {
    const writer = to.getWriter();
    await writer.write(encodeScript(script));
    writer.releaseLock();
    if (data) await data.pipeTo(to);
    else await to.close();
  } catch {
    await data?.cancel().catch(() => {});
  }
}
