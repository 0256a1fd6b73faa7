/** Connections that break, and hosts that open few channels, at a real sshd. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import type { Shell } from "../../../src/contexts/shell.ts";
import { isAlive } from "../../helpers/processes.ts";
import { waitUntil } from "../../helpers/job_sandbox.ts";
import { loginsOf, sshTest, type SshTestbed } from "../../helpers/sshd.ts";
import { type TcpProxy, tcpProxy } from "../../helpers/network/tcp_proxy.ts";
import {
  drain,
  loginAt,
  openSshClient,
  outputOf,
  type Profile,
  type SshClient,
} from "../../helpers/ssh_client.ts";

interface Line {
  readonly side: SshClient;
  readonly shell: Shell;
  readonly proxy: TcpProxy;
}

/** A shell whose connection goes through a proxy. */
async function overLine(
  testbed: SshTestbed,
  body: (line: Line) => Promise<void>,
  profile: Partial<Profile> = {},
): Promise<void> {
  const { host: hostname, port } = testbed.servers.keys;
  await using proxy = await tcpProxy({ to: { hostname, port } });
  await using client = await openSshClient();
  const opened = await client.open({
    ...loginAt(testbed, "keys"),
    port: proxy.port,
    keyFile: testbed.keys.ed25519,
    acceptNewHostKey: true,
    ...profile,
  });
  ok(opened.ok);
  await using shell = opened.value;
  await body({ side: client, shell, proxy });
}

/** A script that has begun, and is at work until it is cut off. */
async function atWork(shell: Shell) {
  const opened = await shell.open("echo begun; cat >/dev/null; sleep 60", {
    stdin: new ReadableStream({ pull: () => new Promise(() => {}) }),
  });
  ok(opened.ok);
  const reader = opened.value.stdout.getReader();
  await reader.read();
  reader.releaseLock();
  return opened.value;
}

sshTest(
  "A running script reports a lost connection, and the next script connects again",
  async (testbed) => {
    await overLine(testbed, async ({ shell, proxy }) => {
      const before = loginsOf(testbed.servers.keys);
      const begun = await atWork(shell);
      proxy.cut();
      const end = await drain(begun);
      ok(!end.ok && end.error.sent && end.error.failure.isRetryable);
      match(end.error.failure.summary, /^Lost the connection to dpdisp-far@/);
      strictEqual(await outputOf(shell, "echo again"), "again");
      strictEqual(loginsOf(testbed.servers.keys) - before, 2);
    });
  },
);

sshTest(
  "A connection that is lost while it is idle affects no script",
  async (testbed) => {
    await overLine(testbed, async ({ shell, proxy }) => {
      for (const word of ["one", "two", "three"]) {
        strictEqual(await outputOf(shell, `echo ${word}`), word);
        proxy.cut();
        await waitUntil(() => proxy.open === 0);
      }
    });
  },
);

sshTest("A cut in the middle of much data ends both ways", async (testbed) => {
  await overLine(testbed, async ({ shell, proxy }) => {
    strictEqual(await outputOf(shell, "echo in"), "in");
    for (const client of ["up", "down"] as const) {
      proxy.cutAfter({ [client]: 3_000_000 });
      const opened = await shell.open("cat", {
        stdin: new Blob([new Uint8Array(20_000_000)]).stream(),
      });
      ok(opened.ok);
      const end = await drain(opened.value);
      ok(!end.ok && end.error.sent);
      strictEqual(await outputOf(shell, "echo again"), "again");
    }
  });
});

sshTest(
  "Where a host closes an idle connection, the next script logs in again",
  async (testbed) => {
    await overLine(testbed, async ({ shell, proxy }) => {
      for (const word of ["one", "two"]) {
        const [pid, echo] = (await outputOf(shell, `echo $PPID; echo ${word}`))
          .split("\n");
        strictEqual(echo, word);
        // The server's process for this connection.
        Deno.kill(Number(pid));
        await waitUntil(() => proxy.open === 0);
      }
    });
  },
);

/** Processes on the remote host that wait for a script of this connection. */
async function spareLoaders(shell: Shell): Promise<readonly number[]> {
  const others = "pgrep -P $PPID -x sh | grep -vx $$";
  for (;;) {
    const pids = (await outputOf(shell, others)).split("\n").filter(Boolean);
    if (pids.length > 0) return pids.map(Number);
  }
}

sshTest(
  "A loader that was ended on the remote host is not used",
  async (testbed) => {
    await overLine(testbed, async ({ shell }) => {
      const pids = await spareLoaders(shell);
      pids.forEach((pid) => Deno.kill(pid, "SIGKILL"));
      await waitUntil(() => !pids.some(isAlive));
      deepStrictEqual(
        [await outputOf(shell, "echo a"), await outputOf(shell, "echo b")],
        ["a", "b"],
      );
    });
  },
);

sshTest(
  "While the port is closed, scripts fail with a retryable failure, and then work again",
  async (testbed) => {
    await overLine(testbed, async ({ shell, proxy }) => {
      strictEqual(await outputOf(shell, "echo before"), "before");
      await proxy.refuse(true);
      proxy.cut();
      await waitUntil(() => proxy.open === 0);
      for (let times = 0; times < 3; times++) {
        const opened = await shell.open("echo meanwhile");
        ok(!opened.ok && opened.error.isRetryable, "it opened");
        match(opened.error.detail, /Connection (refused|closed)/);
      }
      await proxy.refuse(false);
      strictEqual(await outputOf(shell, "echo after"), "after");
    });
  },
);

sshTest(
  "A cut while logging in is a failure, at whatever byte it comes",
  async (testbed) => {
    for (const bytes of [1, 30, 500, 1_500, 2_000, 2_500, 3_000]) {
      for (const client of ["up", "down"] as const) {
        await overLine(testbed, async ({ shell, proxy }) => {
          proxy.cutAfter({ [client]: bytes });
          const opened = await shell.open("echo in");
          if (opened.ok) await drain(opened.value);
          else match(opened.error.summary, /^Cannot (connect|start)|^Lost/);
        });
      }
    }
  },
);

sshTest(
  "A line that went silent is noticed within seconds",
  async (testbed) => {
    await overLine(testbed, async ({ shell, proxy }) => {
      const begun = await atWork(shell);
      proxy.freeze(true);
      const since = Date.now();
      const end = await drain(begun);
      const seconds = (Date.now() - since) / 1000;
      ok(!end.ok && end.error.sent);
      match(end.error.failure.detail, /Keepalive timeout/);
      // Three keepalive messages, each 3 s after the one before; a busy host is slow.
      ok(seconds > 5 && seconds < 30, `${seconds} s`);
      proxy.freeze(false);
      strictEqual(await outputOf(shell, "echo again"), "again");
    });
  },
);

sshTest("A shell over a silent line can be left", async (testbed) => {
  await overLine(testbed, async ({ shell, proxy }) => {
    strictEqual(await outputOf(shell, "echo in"), "in");
    proxy.freeze(true);
  });
});
