/** The fakes of LSF, JH UniScheduler and Fujitsu TCS against what the real programs answered. */
import { deepStrictEqual, ok, strictEqual } from "node:assert/strict";
import { transcript } from "../helpers/transcript.ts";
import { testsWith } from "../helpers/tools.ts";
import { type Answer, type Fake, fake, type System } from "./fake.ts";

const test = testsWith("python3");

interface Situation {
  readonly system: System;
  /** Leads to the situation. */
  readonly before?: (one: Fake) => Promise<unknown>;
  readonly env?: Readonly<Record<string, string>>;
  /** The fake numbers its jobs from 1. */
  readonly line: string;
  /** Lines of the real answer that a site or another command added, and those of the fake that are not compared. */
  readonly without?: RegExp;
}

const submitTo = (submit: string, jobs: number) => (one: Fake) =>
  one.sh(Array(jobs).fill(`echo 'sleep 60' | ${submit}`).join("; "));

const runningIn = (submit: string, list: string) => async (one: Fake) => {
  await submitTo(submit, 1)(one);
  await one.until(list, /\bRUN\b/);
};

/** `-noheader` was given where the heading is not in the transcript. */
const ROWS = `bjobs -noheader -o "jobid stat exit_code delimiter='|'"`;

const situations: Readonly<Record<string, Situation>> = {
  "bsub-public-accepted-default": {
    system: "lsf",
    env: { FAKE_SLOTS: "0" },
    line: "echo true | bsub",
    // The site's esub.
    without: /^Memory|^=+Your|^$/,
  },
  "bsub-public-accepted-bsub-quiet": {
    system: "lsf",
    env: { FAKE_SLOTS: "0" },
    line: "echo true | BSUB_QUIET=y bsub",
  },
  "bsub-public-accepted-bsub-stderr": {
    system: "lsf",
    env: { FAKE_SLOTS: "0" },
    line: "echo true | BSUB_STDERR=y bsub",
  },
  "bsub-public-bad-argument": { system: "lsf", line: "echo true | bsub -n x" },
  "bsub-public-bad-rusage": {
    system: "lsf",
    env: { FAKE_VERSION: "IBM Spectrum LSF Standard 10.1.0.6, Oct 10 2019" },
    line: "echo true | bsub -R 'rusage[mem=5MB/host]'",
  },
  "bsub-public-no-queue": { system: "lsf", line: "echo true | bsub -q rhel7" },
  "bjobs-public-mixed": {
    system: "lsf",
    before: async (one) => {
      await one.sh("echo true | bsub");
      await one.until("bjobs 1", /DONE/);
    },
    line: `${ROWS} 1 2`,
  },
  "bjobs-public-unknown-only": { system: "lsf", line: `${ROWS} 1` },
  "bkill-public-mixed": {
    system: "lsf",
    before: async (one) => {
      await one.sh("echo true | bsub");
      await one.until("bjobs 1", /DONE/);
      await one.sh("echo true | bsub -H");
    },
    line: "bkill 2 1 66",
    // A job that was asked to end before.
    without: /is being signaled/,
  },
  "jsub-public-accepted": {
    system: "jh",
    env: { FAKE_SLOTS: "0" },
    line: "echo true | jsub",
  },
  "jsub-public-repeated-argument": {
    system: "jh",
    before: (one) => {
      one.write("job", "#JSUB -J job1\ntrue\n");
      return Promise.resolve();
    },
    env: { FAKE_SLOTS: "0" },
    line: "jsub -q normal -J joba < job",
  },
  "jjobs-public-format-variable": {
    system: "jh",
    before: runningIn("jsub", "jjobs"),
    env: { JH_JJOBS_FORMAT: "jobid:7 stat" },
    line: "jjobs 1",
  },
  "jctrl-public-none": { system: "jh", line: "jctrl kill -u all 0" },
  "pjsub-public-accepted": {
    system: "fugaku",
    env: { FAKE_SLOTS: "0" },
    line: "echo true | pjsub",
  },
  "pjsub-public-accepted-z-jid": {
    system: "fugaku",
    env: { FAKE_SLOTS: "0" },
    line: "echo true | pjsub -z jid",
  },
  "pjsub-public-bad-option": { system: "fugaku", line: "pjsub -Q job.sh" },
  "pjsub-public-rscgrp-unknown": {
    system: "fugaku",
    line: "echo true | pjsub -L rscgrp=nosuch",
  },
  "pjdel-public-accepted": {
    system: "fugaku",
    before: submitTo("pjsub", 1),
    line: "pjdel 1",
  },
  "pjdel-public-again": {
    system: "fugaku",
    // It ignores the first signal.
    before: async (one) => {
      await one.sh("echo 'trap : TERM; sleep 60; sleep 60' | pjsub");
      await one.until("pjstat 1", / RUN /);
      await one.sh("pjdel 1");
    },
    line: "pjdel 1",
  },
  "pjdel-public-unknown": { system: "fugaku", line: "pjdel 1" },
  "pjdel-public-wrong-state": {
    system: "fugaku",
    before: runningIn("pjsub", "pjstat"),
    env: { FAKE_NOT_YET: "1" },
    line: "pjdel 1",
  },
  "pjstat-public-unknown-id": { system: "fugaku", line: "pjstat 99999999" },
  "pjstat-public-invalid-id": { system: "fugaku", line: "pjstat r1" },
  "pjstat-public-daemon-absent": {
    system: "fugaku",
    env: { FAKE_TIMEOUTS: "1" },
    line: "pjstat 238",
  },
  "pjstat-public-data-chosen": {
    system: "fugaku",
    before: (one) =>
      one.sh("echo true | pjsub -N jobA; echo true | pjsub -N jobB"),
    env: { FAKE_SLOTS: "0" },
    line: "pjstat -v --data --choose jid,jnam",
  },
};

/** Ids are numbers of another queue, and queues have other names; columns are as wide as a site makes them. */
function plain(text: string, without = /(?!)/): readonly string[] {
  return text.split("\n").map((line) =>
    line.replace(/(?<!PJM )\d+/g, "N").replace(
      /<(?:short|general|normal)>/,
      "<queue>",
    )
      .replace(/(?:default )?queue <queue>/, "queue <queue>")
      .replace(/ +/g, " ").trimEnd()
  ).filter((line) => !without.test(line) && line !== "");
}

function replyOf({ code, out, err }: Answer, without?: RegExp) {
  return { code, stdout: plain(out, without), stderr: plain(err, without) };
}

for (
  const [name, { system, before, env, line, without }] of Object.entries(
    situations,
  )
) {
  test(`${system} answers as in ${name}`, async () => {
    await using one = fake(system, env);
    await before?.(one);
    const { code, stdout, stderr } = transcript(name);
    deepStrictEqual(
      replyOf(await one.sh(line), without),
      replyOf({ code, out: stdout, err: stderr }, without),
    );
  });
}

function headingOf(text: string): string {
  return text.split("\n")[0]!.trimEnd().replace(/ +/g, " ");
}

const tables: Readonly<
  Record<string, readonly [System, submit: string, list: string]>
> = {
  "pjstat-public-ids": ["fugaku", "pjsub", "pjstat 1"],
  "pjstat-public-v-queued": ["fugaku", "pjsub", "pjstat -v 1"],
  "jjobs-public-default": ["jh", "jsub", "jjobs 1"],
};

for (const [name, [system, submit, list]] of Object.entries(tables)) {
  test(`${system} has the columns of ${name}`, async () => {
    await using one = fake(system);
    await submitTo(submit, 1)(one);
    const { out } = await one.until(list, /\n1 /);
    strictEqual(headingOf(out), headingOf(transcript(name).stdout));
  });
}

test("every other situation can be replayed", async () => {
  await using one = fake("fugaku");
  const names = (await Array.fromAsync(
    Deno.readDir(new URL("../transcripts/", import.meta.url)),
    (file) => file.name,
  )).filter((name) => /^pjsub-public-/.test(name));
  ok(names.length > 10);
  await Deno.mkdir(`${one.queue}/replies`);
  for (const name of names) {
    const file = new URL(`../transcripts/${name}`, import.meta.url);
    await Deno.copyFile(file, `${one.queue}/replies/pjsub`);
    const { code, stdout, stderr } = transcript(name.replace(".txt", ""));
    deepStrictEqual(await one.sh("pjsub job.sh"), {
      code,
      out: stdout,
      err: stderr,
    });
  }
});
