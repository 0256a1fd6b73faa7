/** The remote root or the work base is away for a moment. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { rootPresence } from "../../../src/backends/shell/root_presence.ts";
import { shellBackend } from "../../../src/backends/shell/mod.ts";
import { withWorkBase } from "../../../src/backends/shell/work_base.ts";
import { localShell } from "../../../src/contexts/local/mod.ts";
import { shell as scheduler } from "../../../src/schedulers/shell.ts";
import { fail, ok as success, type Result } from "../../../src/text/result.ts";
import { fakeEnvironment } from "../../helpers/environment.ts";
import { openRemoteHost } from "../../helpers/remote_dir.ts";
import { leaseHolder, planFor } from "../../helpers/submission.ts";

function backendIn(root: string, base: string, awayLimitMs: number) {
  return shellBackend({
    plan: planFor({ root, base }),
    session: leaseHolder("me"),
    shell: localShell(null),
    scheduler,
    canCompress: false,
    environment: fakeEnvironment({
      random: () => crypto.randomUUID().slice(0, 8),
    }),
    awayLimitMs,
  });
}

function messageOf(reply: Result<unknown>): string {
  ok(!reply.ok && reply.error.isRetryable, JSON.stringify(reply));
  strictEqual(reply.error.kind, "connection");
  return reply.error.detail;
}

Deno.test("while the root is away each call fails for now, and nothing is made in its place", async () => {
  await using host = openRemoteHost();
  const base = await Deno.makeTempDir();
  const backend = backendIn(host.root, base, 60_000);
  const seen = await backend.inspect();
  ok(seen.ok);
  await Deno.rename(host.root, `${host.root}.away`);
  const requests = [{ dir: ".", required: ["out"], optional: [] }];
  const calls: readonly (() => Promise<Result<unknown>>)[] = [
    () => backend.inspect(),
    () => backend.lease!.acquire(null),
    () => backend.stage([], "run1", seen.value),
    async () => {
      const room = { slots: 1, running: [] };
      const replies = backend.submit([], room, seen.value);
      return (await Array.fromAsync(replies)).at(-1)!;
    },
    () => backend.poll([]),
    () => backend.reconcile([{ job: "j1", tasks: 1 }]),
    () => backend.collect(requests, seen.value),
    () => backend.cancel(["host:boot:1:2"]),
    () => backend.lease!.release(),
    () => backend.close(),
    () => backend.clean(),
  ];
  for (const call of calls) {
    match(messageOf(await call()), / is not there$/);
    strictEqual(await exists(host.root), false);
  }
  await Deno.rename(`${host.root}.away`, host.root);
  ok((await backend.poll([])).ok);
  ok((await backend.clean()).ok);
  strictEqual(await exists(host.root), false);
  await Deno.remove(base, { recursive: true });
});

Deno.test("a root that is away for longer counts as removed", async () => {
  await using host = openRemoteHost();
  const backend = backendIn(host.root, "/tmp", 0);
  ok((await backend.inspect()).ok);
  await Deno.rename(host.root, `${host.root}.away`);
  messageOf(await backend.poll([]));
  const polled = await backend.poll([]);
  ok(polled.ok && polled.value.records.length === 0);
});

Deno.test("only a root that was seen is waited for, each time it is away anew", () => {
  const clock = { at: 0, elapsed: () => clock.at };
  const presence = rootPresence(clock, 1000);
  presence.missed();
  strictEqual(presence.isExpected(), false);
  presence.found();
  const isExpectedAt = (at: number) => {
    clock.at = at;
    return presence.isExpected();
  };
  presence.missed();
  deepStrictEqual([0, 999, 1000].map(isExpectedAt), [true, true, false]);
  presence.found();
  presence.missed();
  deepStrictEqual([1999, 2000].map(isExpectedAt), [true, false]);
});

Deno.test("what fails because the work base is away is tried again, any other failure is as it was", async () => {
  const base = await Deno.makeTempDir();
  const other = {
    kind: "transfer",
    summary: "Cannot stage",
    detail: "a file is missing",
    isRetryable: false,
  } as const;
  const during = (act: () => Promise<Result<void>>) =>
    withWorkBase(base, "stage the inputs", act);
  const leave = () => Deno.rename(base, `${base}.away`);
  const back = () => Deno.rename(`${base}.away`, base);
  const leaving: readonly (() => Promise<Result<void>>)[] = [
    () => leave().then(() => success(undefined)),
    () => leave().then(() => fail(other)),
    () => leave().then(() => Promise.reject(new Error("no such file"))),
  ];
  for (const act of leaving) {
    match(messageOf(await during(act)), /^the work base .* is not there$/);
    messageOf(await during(() => Promise.resolve(success(undefined))));
    await back();
  }
  deepStrictEqual(
    await during(() => Promise.resolve(fail(other))),
    fail(other),
  );
  deepStrictEqual(
    await during(() => Promise.resolve(success(undefined))),
    success(undefined),
  );
  await Deno.remove(base, { recursive: true });
});

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
