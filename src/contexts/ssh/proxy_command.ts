/** A command whose input and output carry the connection: ProxyCommand of ssh_config(5). */
import { type ChildProcess, spawn } from "node:child_process";
import { Duplex } from "node:stream";

/** How long it may take to leave, in ms. */
const GOODBYE = 1_000;

/**
 * `command` is shell text. Its own words go to `say` as they come: it may ask
 * somebody to open a page. Where it ends badly the stream breaks.
 */
export function throughCommand(
  command: string,
  say: (text: string) => void,
): Duplex {
  const child = spawn("sh", ["-c", `exec ${command}`], {
    stdio: ["pipe", "pipe", "pipe"],
  });
  const { stdin, stdout, stderr } = child;
  const ended = endOf(child);
  const stream = new Duplex({
    allowHalfOpen: false,
    read: () => void stdout.resume(),
    // What it does not read any more, its end explains.
    write: (bytes, _encoding, then) => void stdin.write(bytes, () => then()),
    final: (then) => void stdin.end(() => then()),
    destroy(error, then) {
      child.kill();
      const last = setTimeout(() => child.kill("SIGKILL"), GOODBYE);
      ended.then(() => {
        clearTimeout(last);
        then(error);
      });
    },
  });
  stdin.on("error", () => {});
  stdout.on("data", (bytes) => {
    if (!stream.push(bytes)) stdout.pause();
  });
  stderr.on("data", (bytes) => say(new TextDecoder().decode(bytes)));
  ended.then((end) => {
    if (end === null) stream.push(null);
    else stream.destroy(new Error(`the proxy command ${end}`));
  });
  return stream;
}

/** Null: it ended well, and has said all. */
function endOf(child: ChildProcess): Promise<string | null> {
  return new Promise((resolve) => {
    child.once("error", (error) => resolve(`did not start: ${error.message}`));
    child.once("close", (code, signal) => {
      if (code === 0) resolve(null);
      else resolve(`ended with ${signal ?? `exit code ${code}`}`);
    });
  });
}
