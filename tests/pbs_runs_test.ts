/** Whole runs against PBS at sites whose answers were recorded: without job history, with limits, without a server. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import type { System } from "./fakes/fake.ts";
import { type FakeRun, fakeRun } from "./helpers/fake_run.ts";
import { taskNames, waitUntil } from "./live/testbed.ts";
import { sideBySide } from "./helpers/side_by_side.ts";
import { testsWith } from "./helpers/tools.ts";

const test = sideBySide(
  testsWith("python3"),
  "whole runs against PBS as it was seen",
);

interface Case {
  readonly name: string;
  readonly system?: System;
  readonly switches: Readonly<Record<string, string>>;
  readonly task: string;
  /** Lines of `resources`. */
  readonly resources?: readonly string[];
  check(run: FakeRun): Promise<void>;
}

const NO_HISTORY = { FAKE_HISTORY: "off" };

async function allOnce(run: FakeRun): Promise<string> {
  const { code, output: said } = await run.it.run();
  strictEqual(code, 0, said);
  deepStrictEqual(run.it.counts(), taskNames(6), said);
  strictEqual(run.states().length, 3, said);
  return said;
}

/** Begins a run, and ends all its jobs with qdel once `count` tasks run. */
async function deleted(run: FakeRun, count: number): Promise<void> {
  const ran = run.it.run();
  await waitUntil(
    "the jobs",
    () => run.states().length === 3 && run.it.counts().length === count,
  );
  await run.it.ask("qdel", "1", "2", "3");
  const { code, output: said } = await ran;
  strictEqual(code, 1, said);
  match(said, /was cancelled, but not by dpdisp/);
  strictEqual(run.states().length, 3, said);
}

const withoutServer = (system: System): Case => ({
  name:
    `${system} without a server at the start: one message, and all jobs once it is back`,
  system,
  switches: { FAKE_DOWN: "1" },
  task: "count",
  async check(run) {
    const ran = run.it.run();
    // The look-up by name fails too, and says nothing new.
    await waitUntil("a look by name", () => /^qselect /m.test(run.calls()));
    await Deno.writeTextFile(`${run.queue}/up`, "");
    const { code, output: said } = await ran;
    strictEqual(code, 0, said);
    deepStrictEqual(run.it.counts(), taskNames(6), said);
    strictEqual(said.match(/connect to server/g)?.length, 1, said);
    match(said, /Cannot reach the scheduler/);
  },
});

const cases: readonly Case[] = [
  withoutServer("pbs"),
  withoutServer("torque"),
  {
    name:
      "no job history, and the reply to a submit is lost while jobs wait: nothing is submitted twice",
    switches: { ...NO_HISTORY, FAKE_LOSE: "1", FAKE_SLOTS: "0" },
    task: "count",
    async check(run) {
      const ran = allOnce(run);
      const found = waitUntil(
        "a look by name",
        () => /^qselect -u/m.test(run.calls()),
      );
      await Promise.race([ran, found]);
      await run.it.ask("env", "FAKE_SLOTS=4", "qstat");
      await ran;
    },
  },
  {
    name:
      "no job history, and a job exceeds its walltime: it is told, and not tried again",
    switches: { ...NO_HISTORY, FAKE_GRACE: "0.2" },
    task: "count; sleep 60",
    resources: ["walltime = 1"],
    async check(run) {
      const { code, output: said } = await run.it.run();
      strictEqual(code, 1, said);
      match(said, /exceeded its time limit \(=>> PBS: job killed: walltime/);
      // The second task of each job had not begun, and got a job of its own.
      deepStrictEqual(run.it.counts(), taskNames(6), said);
      strictEqual(run.states().length, 6, said);
    },
  },
  {
    name:
      "no job history, and the user deletes running jobs: they are not submitted again",
    switches: { ...NO_HISTORY, FAKE_GRACE: "10" },
    task: "count; sleep 60",
    check: (run) => deleted(run, 3),
  },
  {
    name:
      "no job history, and the user deletes waiting jobs: they are not submitted again",
    switches: { ...NO_HISTORY, FAKE_SLOTS: "0" },
    task: "count",
    check: (run) => deleted(run, 0),
  },
  {
    name: "more CPUs than there are: the job is cancelled, with the reason",
    switches: { FAKE_SLOTS: "0" },
    task: "count",
    resources: ["cpu_per_node = 1000"],
    async check(run) {
      const { code, output: said } = await run.it.run();
      strictEqual(code, 1, said);
      match(said, /Can Never Run: Insufficient amount of resource: ncpus/);
      ok(run.states().every((state) => state === "ended"));
      strictEqual(run.states().length, 3, said);
    },
  },
  {
    name:
      "more than a user may have queued: a rejection at once, with the limit",
    switches: { FAKE_SITE: "1" },
    task: "count",
    resources: ["cpu_per_node = 8", 'queue_name = "soloq"'],
    async check(run) {
      const { code, output: said } = await run.it.run();
      strictEqual(code, 4, said);
      match(
        said,
        /requests 8 CPUs a job; queue soloq allows 4 CPUs a job/,
      );
    },
  },
];

for (const each of cases) {
  test(each.name, async () => {
    await using run = await fakeRun(
      each.system ?? "pbs",
      each.switches,
      each.task,
      each.resources ?? [],
    );
    await each.check(run);
  });
}
