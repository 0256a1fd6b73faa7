/** A command whose input and output carry the connection: ProxyCommand of ssh_config(5). */
import { type ChildProcess, spawn } from "node:child_process";
import { Duplex } from "node:stream";

/** How long it may take to end after SIGTERM. */
const KILL_AFTER_MS = 1_000;

/**
 * `command` is shell text. `onMessage` gets its stderr as it comes, because it
 * may ask the user to open a web page. Where the command fails the stream ends
 * with an error.
 */
export function openProxyCommand(
  command: string,
  onMessage: (text: string) => void,
): Duplex {
  const child = spawn("sh", ["-c", `exec ${command}`], {
    stdio: ["pipe", "pipe", "pipe"],
  });
  const { stdin, stdout, stderr } = child;
  const ended = endOf(child);
  const stream = new Duplex({
    allowHalfOpen: false,
    read: () => void stdout.resume(),
    // A write error is ignored, because the exit of the command explains it.
    write: (bytes, _encoding, then) => void stdin.write(bytes, () => then()),
    final: (then) => void stdin.end(() => then()),
    destroy(error, then) {
      child.kill();
      const timer = setTimeout(() => child.kill("SIGKILL"), KILL_AFTER_MS);
      ended.then(() => {
        clearTimeout(timer);
        then(error);
      });
    },
  });
  stdin.on("error", () => {});
  stdout.on("data", (bytes) => {
    if (!stream.push(bytes)) stdout.pause();
  });
  stderr.on("data", (bytes) => onMessage(new TextDecoder().decode(bytes)));
  ended.then((error) => {
    if (error === null) stream.push(null);
    else stream.destroy(new Error(`the proxy command ${error}`));
  });
  return stream;
}

/** Null where it succeeded; all its output has been read then. */
function endOf(child: ChildProcess): Promise<string | null> {
  return new Promise((resolve) => {
    child.once("error", (error) => resolve(`did not start: ${error.message}`));
    child.once("close", (code, signal) => {
      if (code === 0) resolve(null);
      else resolve(`ended with ${signal ?? `exit code ${code}`}`);
    });
  });
}
