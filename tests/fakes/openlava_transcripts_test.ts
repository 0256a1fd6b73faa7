/** The fake LSF with OpenLava's version answers as OpenLava 4.0dev4 did. */
import { deepStrictEqual, ok } from "node:assert/strict";
import { fake } from "./fake.ts";
import {
  commandOf,
  transcript,
  transcriptNames,
} from "../helpers/transcript.ts";
import { testsWith } from "../helpers/tools.ts";

const test = testsWith("python3");
const VERSION = "OpenLava 4.0dev4, Nov 27 2026";

const ENDED = { state: "ended", started: 1, ended: Date.now() / 1000 };
const FAILED = { ...ENDED, reason: "exit", code: 1 };
const DONE = { ...ENDED, reason: "exit", code: 0 };

/** Jobs of the queue by number, where a situation needs some. */
const JOBS: Readonly<Record<string, Readonly<Record<string, object>>>> = {
  "bjobs-again": { 231: FAILED },
  "bjobs-wide": { 101: DONE },
  "bjobs-all": { 101: DONE },
  "bjobs-noheader": { 101: DONE },
  "bjobs-unknown-among": { 108: FAILED, 237: DONE },
  "bkill-ended": { 237: DONE },
  "bkill-several": { 237: DONE },
};

/** Situations that the fake does not know, and why. */
const UNKNOWN: Readonly<Record<string, string>> = {
  "bhist-deleted": "the fake tells a job's story as LSF 10 does",
  "bhist-failed": "the same",
  "bhist-good": "the same",
  "bhist-runlimit": "the same",
  "bkill-running": "a worker has to run the job",
  "bsub-pend-stop": "the time is another",
};

for (const name of transcriptNames()) {
  const [, program, rest] = name.match(/^(\w+)-4\.0dev4-(.*)$/) ?? [];
  const situation = `${program}-${rest}`;
  if (program === undefined || situation in UNKNOWN) continue;
  test(`the fake OpenLava answers as it was seen: ${situation}`, async () => {
    const id = transcript(name).stdout.match(/^Job <(\d+)>/)?.[1] ?? "1";
    const jobs = JOBS[situation] ?? {};
    await using it = fake("lsf", {
      FAKE_SLOTS: "0",
      FAKE_QUEUES: "normal short",
      FAKE_VERSION: VERSION,
      FAKE_FIRST_ID: Object.keys(jobs)[0] ?? id,
      ...situation.endsWith("-stopped") && { FAKE_DOWN: "1" },
    });
    it.write("ok.sh", "true\n");
    for (const number of Object.keys(jobs)) {
      const { code, err } = await it.sh("bsub -J good < ok.sh", {
        FAKE_DOWN: "0",
        FAKE_FIRST_ID: number,
      });
      ok(code === 0, err);
      change(it.queue, number, jobs[number]!);
    }
    const { command, reply } = commandOf(name);
    const line = command.replace(/\btime /, "");
    const { code, out, err } = await it.sh(line);
    deepStrictEqual(
      { code, out: plain(out), err: plain(err) },
      { code: reply.code, out: plain(reply.stdout), err: plain(reply.stderr) },
    );
  });
}

/** The last job gets this number, and these facts. */
function change(queue: string, number: string, facts: object): void {
  const path = `${queue}/state.json`;
  const state = JSON.parse(Deno.readTextFileSync(path));
  const last = String(state.next - 1);
  const job = { ...state.jobs[last], ...facts, id: number };
  delete state.jobs[last];
  state.jobs[number] = job;
  state.next = Number(number) + 1;
  Deno.writeTextFileSync(path, JSON.stringify(state));
}

/** Without times, hosts, users and the names of single jobs. */
function plain(text: string): string {
  return text.replaceAll(/\n(?:real|user|sys)\t.*/g, "").trim()
    .replaceAll(/\w{3} [ \d]\d \d\d:\d\d */g, "TIME")
    .replaceAll(
      /^(\d+) +\S+ +([A-Z]+) +(\S+) .*$/gm,
      (_, id, stat, queue) => `${id} ${stat} ${queue}`,
    );
}
