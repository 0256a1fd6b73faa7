/** Connections that break, and hosts that open few channels, at a real sshd. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import type { Shell } from "../../../src/contexts/shell.ts";
import { isAlive } from "../../helpers/processes.ts";
import { until } from "../../helpers/job_sandbox.ts";
import { loginsOf, type SshBed, sshTest } from "../../helpers/sshd.ts";
import { type TcpProxy, tcpProxy } from "../../helpers/network/tcp_proxy.ts";
import {
  at,
  drain,
  type Near,
  near,
  type Profile,
  said,
} from "../../helpers/ssh_client.ts";

interface Line {
  readonly side: Near;
  readonly shell: Shell;
  readonly proxy: TcpProxy;
}

/** A shell whose connection goes through a proxy. */
async function overLine(
  bed: SshBed,
  body: (line: Line) => Promise<void>,
  profile: Partial<Profile> = {},
): Promise<void> {
  const { host: hostname, port } = bed.servers.keys;
  await using proxy = await tcpProxy({ to: { hostname, port } });
  await using side = await near();
  const opened = await side.open({
    ...at(bed, "keys"),
    port: proxy.port,
    keyFile: bed.keys.ed25519,
    acceptNewHostKey: true,
    ...profile,
  });
  ok(opened.ok);
  await using shell = opened.value;
  await body({ side, shell, proxy });
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
  "A cut is told to the script that it hit, and the next connects again",
  async (bed) => {
    await overLine(bed, async ({ shell, proxy }) => {
      const before = loginsOf(bed.servers.keys);
      const begun = await atWork(shell);
      proxy.cut();
      const end = await drain(begun);
      ok(!end.ok && end.error.sent && end.error.failure.isRetryable);
      match(end.error.failure.summary, /^Lost the connection to dpdisp-far@/);
      strictEqual(await said(shell, "echo again"), "again");
      strictEqual(loginsOf(bed.servers.keys) - before, 2);
    });
  },
);

sshTest("A cut while nobody uses the connection harms nobody", async (bed) => {
  await overLine(bed, async ({ shell, proxy }) => {
    for (const word of ["one", "two", "three"]) {
      strictEqual(await said(shell, `echo ${word}`), word);
      proxy.cut();
      await until(() => proxy.open === 0);
    }
  });
});

sshTest("A cut in the middle of much data ends both ways", async (bed) => {
  await overLine(bed, async ({ shell, proxy }) => {
    strictEqual(await said(shell, "echo in"), "in");
    for (const side of ["up", "down"] as const) {
      proxy.cutAfter({ [side]: 3_000_000 });
      const opened = await shell.open("cat", {
        stdin: new Blob([new Uint8Array(20_000_000)]).stream(),
      });
      ok(opened.ok);
      const end = await drain(opened.value);
      ok(!end.ok && end.error.sent);
      strictEqual(await said(shell, "echo again"), "again");
    }
  });
});

sshTest(
  "A host that hangs up while nobody uses the connection is logged in to anew",
  async (bed) => {
    await overLine(bed, async ({ shell, proxy }) => {
      for (const word of ["one", "two"]) {
        const [pid, echo] = (await said(shell, `echo $PPID; echo ${word}`))
          .split("\n");
        strictEqual(echo, word);
        // The server's process for this connection.
        Deno.kill(Number(pid));
        await until(() => proxy.open === 0);
      }
    });
  },
);

/** Processes at the far side that wait for a script of this connection. */
async function spareLoaders(shell: Shell): Promise<readonly number[]> {
  const others = "pgrep -P $PPID -x sh | grep -vx $$";
  for (;;) {
    const pids = (await said(shell, others)).split("\n").filter(Boolean);
    if (pids.length > 0) return pids.map(Number);
  }
}

sshTest(
  "A loader that was ended at the far side is not given a script",
  async (bed) => {
    await overLine(bed, async ({ shell }) => {
      const pids = await spareLoaders(shell);
      pids.forEach((pid) => Deno.kill(pid, "SIGKILL"));
      await until(() => !pids.some(isAlive));
      deepStrictEqual(
        [await said(shell, "echo a"), await said(shell, "echo b")],
        ["a", "b"],
      );
    });
  },
);

sshTest(
  "While nobody listens there, scripts fail with a failure that may pass, and then go on",
  async (bed) => {
    await overLine(bed, async ({ shell, proxy }) => {
      strictEqual(await said(shell, "echo before"), "before");
      await proxy.refuse(true);
      proxy.cut();
      await until(() => proxy.open === 0);
      for (let times = 0; times < 3; times++) {
        const opened = await shell.open("echo meanwhile");
        ok(!opened.ok && opened.error.isRetryable, "it opened");
        match(opened.error.detail, /Connection (refused|closed)/);
      }
      await proxy.refuse(false);
      strictEqual(await said(shell, "echo after"), "after");
    });
  },
);

sshTest(
  "A cut while logging in is a failure, at whatever byte it comes",
  async (bed) => {
    for (const bytes of [1, 30, 500, 1_500, 2_000, 2_500, 3_000]) {
      for (const side of ["up", "down"] as const) {
        await overLine(bed, async ({ shell, proxy }) => {
          proxy.cutAfter({ [side]: bytes });
          const opened = await shell.open("echo in");
          if (opened.ok) await drain(opened.value);
          else match(opened.error.summary, /^Cannot (connect|start)|^Lost/);
        });
      }
    }
  },
);

sshTest("A line that went silent is noticed within seconds", async (bed) => {
  await overLine(bed, async ({ shell, proxy }) => {
    const begun = await atWork(shell);
    proxy.freeze(true);
    const since = Date.now();
    const end = await drain(begun);
    const seconds = (Date.now() - since) / 1000;
    ok(!end.ok && end.error.sent);
    match(end.error.failure.detail, /Keepalive timeout/);
    // Three questions, each 3 s after the one before; busy machines are slow.
    ok(seconds > 5 && seconds < 30, `${seconds} s`);
    proxy.freeze(false);
    strictEqual(await said(shell, "echo again"), "again");
  });
});

sshTest("A shell over a silent line can be left", async (bed) => {
  await overLine(bed, async ({ shell, proxy }) => {
    strictEqual(await said(shell, "echo in"), "in");
    proxy.freeze(true);
  });
});
