/** An agent for SSH tests: ssh-agent(1). */
import { strictEqual } from "node:assert/strict";
import { run } from "./remote_dir.ts";

/** An agent of the test's own that holds these keys. */
export async function withAgent(
  keys: readonly string[],
  body: (socket: string) => Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir();
  const socket = `${directory}/agent`;
  const { stdout } = await run(["ssh-agent", "-a", socket]);
  const pid = Number(/SSH_AGENT_PID=(\d+)/.exec(stdout)![1]);
  try {
    const env = { SSH_AUTH_SOCK: socket };
    if (keys.length > 0) {
      const { code, stderr } = await run(["ssh-add", ...keys], { env });
      strictEqual(code, 0, stderr);
    }
    await body(socket);
  } finally {
    Deno.kill(pid);
    await Deno.remove(directory, { recursive: true });
  }
}

/** Part of a world. */
export const withSocket = (socket: string) => ({
  env: (name: string) => name === "SSH_AUTH_SOCK" ? socket : undefined,
});
