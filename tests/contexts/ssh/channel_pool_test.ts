/** Hosts that open few channels on one connection: MaxSessions of sshd_config(5). */
import { deepStrictEqual, ok } from "node:assert/strict";
import { connect } from "node:net";
import { once } from "node:events";
import { sshTest, type SshTestbed } from "../../helpers/sshd.ts";
import { waitUntil } from "../../helpers/job_sandbox.ts";
import {
  drain,
  loginAt,
  openSshClient,
  outputOf,
} from "../../helpers/ssh_client.ts";

/** One of the testbed's servers once more, at another port, with other settings. */
async function serverWith(testbed: SshTestbed, option: string) {
  const port = freePort();
  const server = new Deno.Command("/usr/sbin/sshd", {
    args: [
      ...["-D", "-e", "-f", `${testbed.dir}/jump.conf`, "-p", `${port}`],
      ...["-o", "PidFile=none", "-o", option],
    ],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  const state = { isUp: false };
  const look = async () => {
    const socket = connect({ host: "127.0.0.1", port });
    socket.on("error", () => {});
    socket.on("connect", () => state.isUp = true);
    await Promise.race([once(socket, "connect"), once(socket, "close")])
      .catch(() => {});
    socket.destroy();
  };
  while (!state.isUp) await look();
  return {
    port,
    async [Symbol.asyncDispose]() {
      server.kill();
      await server.status;
    },
  };
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

for (const most of [1, 2, 3]) {
  sshTest(
    `Scripts take turns where a host opens ${most} channels`,
    async (testbed) => {
      await using server = await serverWith(testbed, `MaxSessions=${most}`);
      await using client = await openSshClient();
      const opened = await client.open({
        ...loginAt(testbed, "jump"),
        port: server.port,
        keyFile: testbed.keys.ed25519,
        acceptNewHostKey: true,
      });
      ok(opened.ok);
      await using shell = opened.value;
      for (let times = 0; times < 3; times++) {
        const words = Array.from({ length: 8 }, (_, i) => `word ${i}`);
        deepStrictEqual(
          await Promise.all(
            words.map((word) => outputOf(shell, `echo ${word}`)),
          ),
          words,
        );
      }
    },
  );
}

sshTest(
  "An idle channel does not keep a script waiting",
  async (testbed) => {
    await using server = await serverWith(testbed, "MaxSessions=2");
    await using client = await openSshClient();
    const opened = await client.open({
      ...loginAt(testbed, "jump"),
      port: server.port,
      keyFile: testbed.keys.ed25519,
      acceptNewHostKey: true,
    });
    ok(opened.ok);
    await using shell = opened.value;
    // One is at work for as long as the test lasts.
    const long = await shell.open("cat");
    ok(long.ok);
    await outputOf(shell, "exit");
    const seen = { done: 0 };
    const rest = Array.from({ length: 6 }, async (_, i) => {
      await outputOf(shell, `echo ${i}`);
      seen.done++;
    });
    await waitUntil(() => seen.done === 6);
    await Promise.all(rest);
    await drain(long.value);
  },
);
