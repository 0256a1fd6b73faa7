/** Whole runs at sites of LSF, JH UniScheduler and Fugaku, as public manuals and recorded output have them. */
import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import type { System } from "./fakes/fake.ts";
import { type FakeRun, fakeRun, systems } from "./helpers/fake_run.ts";
import { taskNames, waitUntil } from "./live/testbed.ts";
import { sideBySide } from "./helpers/side_by_side.ts";
import { testsWith } from "./helpers/tools.ts";

const test = sideBySide(
  testsWith("python3"),
  "whole runs at sites of LSF, JH UniScheduler and Fugaku",
);

function submits(run: FakeRun, system: System): number {
  return run.calls().split("\n").filter((line) =>
    line.startsWith(`${systems[system].submit} `) && !line.endsWith(" -V")
  ).length;
}

/** All six tasks ran once, in three jobs that were submitted once. */
async function allWell(run: FakeRun, system: System): Promise<string> {
  const { code, output: said } = await run.it.run();
  strictEqual(code, 0, said);
  deepStrictEqual(run.it.counts(), taskNames(6), said);
  strictEqual(submits(run, system), 3, said);
  return said;
}

/** While this file is there, the command replies as in the transcript. */
async function replay(run: FakeRun, command: string, name: string) {
  await Deno.mkdir(`${run.queue}/replies`, { recursive: true });
  const path = `${run.queue}/replies/${command}`;
  const from = new URL(`transcripts/${name}.txt`, import.meta.url);
  await Deno.copyFile(from, path);
  return () => Deno.remove(path);
}

for (
  const [says, env, reserved, limit] of [
    ["10.1.0.13", {}, "500MB/host", "500MB"],
    [
      "10.1.0.6",
      { FAKE_VERSION: "IBM Spectrum LSF Standard 10.1.0.6, Oct 10 2019" },
      "500MB",
      "500MB",
    ],
    [
      "9.1.3 that counts in GB",
      { FAKE_VERSION: "Platform LSF 9.1.3.0, Jul 04 2014", FAKE_UNIT: "GB" },
      "1",
      "1",
    ],
    [
      "its relative OpenLava",
      { FAKE_VERSION: "OpenLava 4.0dev4, Nov 27 2026" },
      "500",
      "512000",
    ],
  ] as const
) {
  test(`LSF ${says} accepts memory in the form that it reads`, async () => {
    await using run = await fakeRun("lsf", env, "count", ['memory = "500MB"']);
    await allWell(run, "lsf");
    const script = await Deno.readTextFile(`${run.queue}/spool/1.script`);
    deepStrictEqual(script.match(/^#BSUB .*(?:mem|-M).*/gm), [
      `#BSUB -R 'rusage[mem=${reserved}]'`,
      `#BSUB -M ${limit}`,
    ]);
  });
}

test("variables of the user's that change what commands print change nothing", async () => {
  const habits = {
    lsf: { BSUB_QUIET: "y", LSB_BJOBS_FORMAT: "jobid:5 stat:3" },
    jh: { JH_JJOBS_FORMAT: "jobid stat" },
  };
  for (const system of ["lsf", "jh"] as const) {
    await using run = await fakeRun(system, habits[system], "count; sleep 2");
    const said = await allWell(run, system);
    ok(!systems[system].find.test(run.calls()), `looked up by name:\n${said}`);
  }
});

test("tasks have the user's locale, where LSF copies the environment of bsub", async () => {
  await using run = await fakeRun(
    "lsf",
    { LC_ALL: "C.UTF-8" },
    "count; echo $LC_ALL${DPDISP_LC_ALL-} >../../../locale",
  );
  await allWell(run, "lsf");
  const locale = await Deno.readTextFile(`${run.it.directory}/locale`);
  strictEqual(locale, "C.UTF-8\n");
  const env = JSON.parse(
    await Deno.readTextFile(`${run.queue}/spool/1.env`),
  ) as Readonly<Record<string, string>>;
  // What the job script began with.
  deepStrictEqual([env.LC_ALL, env.DPDISP_LC_ALL], ["C", "=C.UTF-8"]);
});

test("tasks have the user's own values of the variables that the submit script uses", async () => {
  const own = { T: "12", D: "/d", file: "mine", name: "my 'own' name" };
  await using run = await fakeRun(
    "lsf",
    own,
    'count; echo "$T|$D|$file|$name|${DPDISP_ENVIRONMENT-none}" >../../../own',
  );
  await allWell(run, "lsf");
  strictEqual(
    await Deno.readTextFile(`${run.it.directory}/own`),
    "12|/d|mine|my 'own' name|none\n",
  );
});

test("a listing in the site's own layout is not an empty queue: nothing is submitted again", async () => {
  await using run = await fakeRun("fugaku", {}, "count; sleep 14");
  await replay(run, "pjstat", "pjstat-public-wisteria-none");
  await allWell(run, "fugaku");
});

for (
  const [what, situation, said] of [
    ["too many jobs", "accept-limit", /accepts no more jobs for now/],
    ["a resource group that is closed", "rscgrp-disabled", /accepts no more/],
    [
      "a job manager that is down",
      "daemon-absent",
      /PJM daemon is not present/,
    ],
  ] as const
) {
  test(`Fugaku with ${what} for a moment: the same jobs are submitted later`, async () => {
    await using run = await fakeRun("fugaku", {}, "count");
    const restore = await replay(run, "pjsub", `pjsub-public-${situation}`);
    const ran = run.it.run();
    await waitUntil("a submit", () => submits(run, "fugaku") >= 1);
    await new Promise((resolve) => setTimeout(resolve, 2000));
    await restore();
    const ended = await ran;
    strictEqual(ended.code, 0, ended.output);
    match(ended.output, said);
    deepStrictEqual(run.it.counts(), taskNames(6), ended.output);
    strictEqual(run.states().length, 3, ended.output);
  });
}

test("Fugaku cancels later what it cannot cancel in the prologue", async () => {
  await using run = await fakeRun(
    "fugaku",
    { FAKE_NOT_YET: "4" },
    "count; sleep 300",
  );
  const begun = await run.it.run("run", "--exit-on-submit");
  strictEqual(begun.code, 0, begun.output);
  await waitUntil("three tasks", () => run.it.counts().length === 3);
  const { code, output: said } = await run.it.run("cancel");
  strictEqual(code, 0, said);
  match(said, /PJM 0113/);
  await waitUntil(
    "the jobs' end",
    () => run.states().every((state) => state === "ended"),
  );
});

for (
  const [system, command, reply] of [
    ["pbs", "qdel", "qdel-23.06.06-stopped"],
    ["torque", "qdel", "qdel-6.1.3-stopped"],
    ["lsf", "bkill", "bkill-4.0dev4-stopped"],
  ] as const
) {
  test(`${systems[system].batch}: jobs are cancelled although the server does not answer at first`, async () => {
    await using run = await fakeRun(system, {}, "count; sleep 300");
    const begun = await run.it.run("run", "--exit-on-submit");
    strictEqual(begun.code, 0, begun.output);
    await waitUntil("three tasks", () => run.it.counts().length === 3);
    const restore = await replay(run, command, reply);
    const cancelled = run.it.run("cancel");
    const requests = () =>
      run.calls().split("\n").filter((line) => line.startsWith(`${command} `));
    await waitUntil("two requests", () => requests().length >= 2);
    await restore();
    const { code, output: said } = await cancelled;
    strictEqual(code, 0, said);
    strictEqual(said.match(/Cannot cancel the jobs/g)?.length, 1, said);
    await waitUntil(
      "the jobs' end",
      () => run.states().every((state) => state === "ended"),
    );
  });
}
