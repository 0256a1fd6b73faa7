import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { pollRemote } from "../../../src/backends/shell/poll.ts";
import type { RecordOffsets } from "../../../src/backends/shell/record_offsets.ts";
import { shell } from "../../../src/schedulers/shell.ts";
import { slurm } from "../../../src/schedulers/slurm/mod.ts";
import { openRemoteHost } from "../../helpers/remote_dir.ts";
import type { Scheduler } from "../../../src/schedulers/scheduler.ts";
import type { SilentPrograms } from "../../../src/backends/shell/silent_programs.ts";
import { planFor } from "../../helpers/submission.ts";
import { scriptedRemote } from "../../helpers/scripted_shell.ts";
import type { PollTarget } from "../../../src/model/backend_messages.ts";

const line = (text: string) => `${text} #${text.length}\n`;

/** A backend of this scheduler, as far as a poll knows it. */
const on = (scheduler: Scheduler) => ({
  scheduler,
  plan: planFor({ root: "/r", base: "/b" }),
});

/** All programs answer. */
const silent: SilentPrograms = {
  unlessSilent: (command) => command,
  gaveUp: () => {},
  close: () => {},
};

function watched(job: string, more: Partial<PollTarget> = {}): PollTarget {
  return { job, id: `h:b:1:${job}`, tasks: 1, rereadRecord: false, ...more };
}

Deno.test("A record is read from where the last poll ended, incomplete lines again", async () => {
  await using host = openRemoteHost();
  const offsets: RecordOffsets = new Map();
  const types = async () => {
    const seen = await pollRemote(on(shell), host.remote, { offsets, silent }, [
      watched("d1"),
    ]);
    ok(seen.ok);
    return seen.value.records.map(({ type }) => type);
  };
  const [start, exit] = [
    line("d1 taskStarted t0 5"),
    line("d1 taskExited t0 0 6"),
  ];
  host.write("records/d1", start + exit.slice(0, 9));
  deepStrictEqual(await types(), ["taskStarted"]);
  deepStrictEqual(await types(), []);
  host.write("records/d1", start + exit);
  deepStrictEqual(await types(), ["taskExited"]);
  deepStrictEqual(await types(), []);
});

Deno.test("A record that is requested again is read from its beginning", async () => {
  await using host = openRemoteHost();
  host.write(
    "records/d1",
    line("d1 taskStarted t0 5") + line("d1 jobEnded 0 6"),
  );
  const offsets: RecordOffsets = new Map();
  const lines = async (afresh: boolean) => {
    const seen = await pollRemote(on(shell), host.remote, { offsets, silent }, [
      watched("d1", { rereadRecord: afresh }),
    ]);
    ok(seen.ok);
    return seen.value.records.length;
  };
  deepStrictEqual([await lines(false), await lines(false), await lines(true)], [
    2,
    0,
    2,
  ]);
});

Deno.test("Records of a reply that cannot be used are read again", async () => {
  const offsets: RecordOffsets = new Map();
  const records = line("d1 taskStarted t0 5");
  const reply = `\n@@n records\n${records}\n@@n end\n`;
  const jobs = [watched("d1")];
  const remote = scriptedRemote({ stdout: reply });
  strictEqual(
    (await pollRemote(on(shell), remote, { offsets, silent }, jobs)).ok,
    false,
  );
  deepStrictEqual([...offsets], []);
});

Deno.test("A native state that is not in the manual is unknown, even one named like a property of Object", async () => {
  const stdout =
    "\n@@n error\n\n@@n queue 0\nh:b:1:d1 constructor\nh:b:1:d2 running\n\n@@n records\n\n@@n end\n";
  const seen = await pollRemote(
    on(shell),
    scriptedRemote({ stdout }),
    { offsets: new Map(), silent },
    [
      watched("d1"),
      watched("d2"),
    ],
  );
  ok(seen.ok);
  deepStrictEqual([...seen.value.queue.values()].map(({ state }) => state), [
    null,
    "running",
  ]);
});

Deno.test("A queue that could not be polled is reported with its own message, and the records still count", async () => {
  await using host = openRemoteHost();
  host.write("records/d1", line("d1 jobEnded 0 6"));
  const broken = { ...shell, poll: () => "echo 'cannot contact' >&2; exit 1" };
  const seen = await pollRemote(on(broken), host.remote, {
    offsets: new Map(),
    silent,
  }, [
    watched("d1"),
  ]);
  ok(seen.ok);
  strictEqual(seen.value.errorText, "cannot contact");
  deepStrictEqual([seen.value.isComplete, seen.value.queue.size], [false, 0]);
  deepStrictEqual(seen.value.records.map(({ type }) => type), ["jobEnded"]);
});

Deno.test("No job is missing because the run directory is missing", async () => {
  await using host = openRemoteHost({ bare: true });
  const seen = await pollRemote(on(shell), host.remote, {
    offsets: new Map(),
    silent,
  }, [
    watched("d1"),
  ]);
  ok(seen.ok);
  strictEqual(seen.value.isComplete, false);
  strictEqual(seen.value.queue.get("h:b:1:d1")?.state, null);
});

Deno.test("Thousands of jobs are polled in one round trip", async () => {
  const answer = "\n@@n error\n\n@@n queue 0\n";
  const remote = scriptedRemote({
    stdout: `${answer.repeat(3)}\n@@n records\n\n@@n end\n`,
  });
  const jobs = Array.from({ length: 1200 }, (_, i) => watched(`d${i}`));
  ok(
    (await pollRemote(on(shell), remote, { offsets: new Map(), silent }, jobs))
      .ok,
  );
  strictEqual(remote.scripts.length, 1);
  strictEqual(remote.scripts[0]!.match(/^show /gm)!.length, 1200);
});

Deno.test("A batch system that lists all jobs is asked once, however many there are", async () => {
  const stdout = "\n@@n error\n\n@@n queue 0\n\n@@n records\n\n@@n end\n";
  const remote = scriptedRemote({ stdout });
  const jobs = Array.from({ length: 1200 }, (_, i) => watched(`d${i}`));
  const all = { ...shell, poll: () => "qstat -u me" };
  ok(
    (await pollRemote(on(all), remote, { offsets: new Map(), silent }, jobs))
      .ok,
  );
  strictEqual(remote.scripts[0]!.match(/^qstat -u me$/gm)!.length, 1);
});

Deno.test("The user's other jobs are not in the reply, whatever their states", async () => {
  const stdout =
    "\n@@n error\n\n@@n queue 0\nh:b:1:d0 running\nh:b:1:other odd\n\n@@n records\n\n@@n end\n";
  const seen = await pollRemote(
    on(shell),
    scriptedRemote({ stdout }),
    { offsets: new Map(), silent },
    [watched("d0")],
  );
  ok(seen.ok);
  deepStrictEqual([...seen.value.queue.keys()], ["h:b:1:d0"]);
});

/** What a look tells of jobs that the queue shows with these words. */
async function endsOf(
  words: readonly string[],
  account = "",
): Promise<Readonly<Record<string, string | null>>> {
  const rows = words.map((word, i) => `h:b:1:d${i} ${word}`).join("\n");
  const stdout =
    `\n@@n error\n\n@@n queue 0\n${rows}\n${account}\n@@n records\n\n@@n end\n`;
  const ending = {
    ...shell,
    endStates: { TIMEOUT: "timeLimit", CANCELLED: "cancelled" } as const,
    account: () => "sacct",
    parseAccounting: () =>
      new Map(
        [
          ["h:b:1:d0", { kind: "outOfMemory", message: "accounts" }],
          ["h:b:1:d1", { kind: "cancelled", message: "by user 0" }],
        ] as const,
      ),
  };
  const seen = await pollRemote(
    on(ending),
    scriptedRemote({ stdout }),
    { offsets: new Map(), silent },
    words.map((_, i) => watched(`d${i}`, { rereadRecord: account !== "" })),
  );
  ok(seen.ok);
  return Object.fromEntries(
    [...seen.value.postMortems!].map(([job, { exitReason }]) => [
      job,
      exitReason && `${exitReason.kind}: ${exitReason.message}`,
    ]),
  );
}

Deno.test("The queue's own state of an end is a verdict without accounting", async () => {
  deepStrictEqual(await endsOf(["TIMEOUT", "running", "CANCELLED"]), {
    d0: "timeLimit: TIMEOUT",
    d2: "cancelled: CANCELLED",
  });
});

Deno.test("A state that is no end, even one named like a property of Object, is no verdict", async () => {
  deepStrictEqual(await endsOf(["gone", "constructor", "toString"]), {});
});

Deno.test("Where accounting and the queue differ the queue counts; elsewhere accounting does", async () => {
  const account = "\n@@n account 0\n";
  deepStrictEqual(await endsOf(["TIMEOUT"], account), {
    d0: "timeLimit: TIMEOUT",
  });
  deepStrictEqual(await endsOf(["gone"], account), {
    d0: "outOfMemory: accounts",
  });
  // They do not differ: accounting also knows by whom.
  deepStrictEqual(await endsOf(["running", "CANCELLED"], account), {
    d0: "outOfMemory: accounts",
    d1: "cancelled: by user 0",
  });
});

Deno.test("A reason for which a job does not start by itself comes with what to do; held jobs are held", async () => {
  const rows = [
    "1|PENDING|JobHeldUser",
    "2|PENDING|DependencyNeverSatisfied",
    "3|PENDING|Resources",
    "4|RUNNING|JobHeldUser",
  ].join("\n");
  const stdout =
    `\n@@n error\n\n@@n queue 0\n${rows}\n\n@@n records\n\n@@n end\n`;
  const seen = await pollRemote(
    on(slurm),
    scriptedRemote({ stdout }),
    { offsets: new Map(), silent },
    ["1", "2", "3", "4"].map((id) => watched(`d${id}`, { id })),
  );
  ok(seen.ok);
  const shown = [...seen.value.queue.values()].map(({ state, advice = "" }) =>
    [state, advice.includes("scontrol release 1"), advice !== ""] as const
  );
  deepStrictEqual(shown, [
    ["held", true, true],
    ["queued", false, true],
    ["queued", false, false],
    ["running", false, false],
  ]);
});
