import { deepStrictEqual, match, ok } from "node:assert/strict";
import { shellBackend } from "../../../src/backends/shell/mod.ts";
import { localShell } from "../../../src/contexts/local/mod.ts";
import type { Shell } from "../../../src/contexts/shell.ts";
import { shell } from "../../../src/schedulers/shell.ts";
import type { Scheduler } from "../../../src/schedulers/scheduler.ts";
import { fakeEnvironment } from "../../helpers/environment.ts";
import {
  cutAfter,
  openRemoteHost,
  type RemoteHost,
} from "../../helpers/remote_dir.ts";
import { emptyRemoteState } from "../../helpers/remote_state.ts";
import { leaseHolder, planFor } from "../../helpers/submission.ts";

const JOBS = ["d1", "d2", "d3"].map((name) => ({
  ...{ name, tasks: ["t0"], supersedes: [] },
}));

/** A batch system whose submit command notes that it ran. */
const noting: Scheduler = {
  ...shell,
  slotGate: null,
  submit: () => `echo "$name" >>"$D/ran"; echo "h:b:1:$name"`,
};

/** What became of three jobs, and the failure. `before`: shell text before each script. */
async function submitOn(
  host: RemoteHost,
  { before = "", token = "me", scheduler = noting, over = (it: Shell) => it },
) {
  const local = localShell(null);
  const backend = shellBackend({
    plan: planFor({ root: host.root, base: "/tmp" }),
    session: leaseHolder(token),
    shell: over({
      ...local,
      open: (script, io) => local.open(before + script, io),
    }),
    scheduler,
    canCompress: false,
    environment: fakeEnvironment({
      random: () => crypto.randomUUID().slice(0, 8),
    }),
  });
  const remote = { ...emptyRemoteState, remoteDir: host.root };
  const replies = await Array.fromAsync(
    backend.submit(JOBS, { slots: 9, running: [] }, remote),
  );
  return {
    outcomes: replies.flatMap((reply) =>
      reply.ok ? [`${reply.value.job} ${reply.value.outcome}`] : []
    ),
    failure: replies.find((reply) => !reply.ok)?.error ?? null,
    ran: host.read("ran").split("\n").filter(Boolean),
  };
}

const NOT_SENT = ["d1 notSent", "d2 notSent", "d3 notSent"];

const failures: Readonly<
  Record<string, readonly [Parameters<typeof submitOn>[1], RegExp]>
> = {
  "the disk is full": [
    {
      before: `tar() { echo "tar: No space left on device" >&2; return 2; }\n`,
    },
    /No space left/,
  ],
  "the list of planned jobs cannot be written": [
    {
      before: `cat() { echo "cat: No space left on device" >&2; return 1; }\n`,
    },
    /No space left/,
  ],
  "the upload was cut off": [
    { before: `tar() { cd "$5" && command tar -xf - submit_order; }\n` },
    /incomplete/,
  ],
  "another process has the lease": [{ token: "other" }, /lease/],
  "the submit command does not exist": [
    {
      scheduler: { ...noting, programs: { submit: "no-such-command" } },
    },
    /command not found: no-such-command/,
  ],
};

for (const [name, [given, words]] of Object.entries(failures)) {
  Deno.test(`Where ${name}, the remote host says that no job was submitted`, async () => {
    await using host = openRemoteHost();
    const { outcomes, failure, ran } = await submitOn(host, given);
    deepStrictEqual([outcomes, ran], [NOT_SENT, []]);
    match(failure!.detail, words);
    ok(failure!.hint?.startsWith("None of these 3 jobs was submitted"));
  });
}

Deno.test("Wherever the connection is lost, a job that was submitted is never told to be not sent", async () => {
  for (let bytes = 0; bytes < 400; bytes += 20) {
    await using host = openRemoteHost();
    const { outcomes, failure } = await submitOn(host, {
      over: (it) => cutAfter(bytes, it),
    });
    ok(failure?.isRetryable, `${bytes}`);
    deepStrictEqual(
      outcomes.filter((outcome) => outcome.endsWith("notSent")),
      [],
      `${bytes}`,
    );
  }
});

Deno.test("Jobs that a script did not come to after its first submit are not told at all", async () => {
  await using host = openRemoteHost();
  const stops = {
    ...noting,
    submit: () => `${noting.submit({} as never)}; rm -f "$D/lease"`,
  };
  const { outcomes, failure, ran } = await submitOn(host, { scheduler: stops });
  deepStrictEqual([outcomes, failure, ran], [["d1 accepted"], null, ["d1"]]);
});
