/** This machine as a {@linkcode Shell}. */
import { fail, ok, type Result } from "../result.ts";
import {
  encodeScript,
  type Io,
  LOADER,
  type Shell,
  type Stream,
} from "./shell.ts";

/** `openFiles`: the soft limit that scripts get back, because Deno raises its own. */
export function localShell(openFiles: number | null): Shell {
  const limit = openFiles === null
    ? ""
    : `ulimit -Sn ${openFiles} 2>/dev/null; `;
  return {
    local: true,
    open: (script, io) => Promise.resolve(spawn(limit + LOADER, script, io)),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

function spawn(line: string, script: string, io: Io = {}): Result<Stream> {
  // Detached: a Ctrl-C at the terminal is for dpdisp, not for its scripts.
  const command = new Deno.Command("sh", {
    args: ["-c", line],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    detached: true,
  });
  try {
    const child = command.spawn();
    const fed = feed(child.stdin, script, io.stdin);
    const exit = Promise.all([child.status, fed]).then(([{ code }]) =>
      ok(code)
    );
    return ok({ stdout: child.stdout, stderr: child.stderr, exit });
  } catch (error) {
    return fail({
      kind: "connection",
      tried: "Cannot start sh on this machine",
      saw: String(error),
      again: false,
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
    await writer.write(new TextEncoder().encode(encodeScript(script)));
    writer.releaseLock();
    if (data) await data.pipeTo(to);
    else await to.close();
  } catch {
    await data?.cancel().catch(() => {});
  }
}
