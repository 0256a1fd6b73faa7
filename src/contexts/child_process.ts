/** A script that a program of this machine carries out. */
import { fail, ok, type Result } from "../text/result.ts";
import {
  type ConnectionLoss,
  encodeScript,
  type Io,
  type Stream,
} from "./shell.ts";
import type { StandbyShell } from "./standby_shells.ts";

/** Starts the program with the script on its stdin; fails where there is no such program. */
export function spawnScript(
  program: string,
  args: readonly string[],
  script: string,
  io: Io = {},
): Result<Stream> {
  const waiting = spawnWaiting(program, args);
  return waiting.ok ? ok(waiting.value.give(script, io)) : waiting;
}

/** Starts the program, which waits for the script on its stdin; fails where there is no such program. */
export function spawnWaiting(
  program: string,
  args: readonly string[],
  readExit: (code: number) => Result<number, ConnectionLoss> = ok,
): Result<StandbyShell> {
  // Detached: a Ctrl-C at the terminal is for dpdisp, not for its scripts.
  const command = new Deno.Command(program, {
    args: [...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    detached: true,
  });
  try {
    const child = command.spawn();
    const { stdin, stdout, stderr, status } = child;
    const seen = { isThere: true };
    const end = status.then(({ code }) => {
      seen.isThere = false;
      return readExit(code);
    });
    return ok({
      isThere: () => seen.isThere,
      give(script, io) {
        const fed = feed(stdin, script, io.stdin);
        const exit = Promise.all([end, fed]).then(([exit]) => exit);
        const leave = () => seen.isThere && child.kill("SIGTERM");
        io.signal?.addEventListener("abort", leave);
        return { stdout, stderr, exit };
      },
      async drop() {
        if (seen.isThere) child.kill("SIGTERM");
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
      summary: `Cannot start ${program} on this machine`,
      detail: String(error),
      isRetryable: false,
    });
  }
}

/** A script may leave before it has read everything: a closed pipe is not a failure, its exit code tells. */
async function feed(
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
