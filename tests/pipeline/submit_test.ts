import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import type { Job } from "../../src/model/job.ts";
import { shell } from "../../src/schedulers/shell.ts";
import type { Scheduler } from "../../src/schedulers/scheduler.ts";
import { jobFiles } from "../../src/pipeline/submit.ts";
import { configOf } from "../helpers/config.ts";
import { planFor } from "../helpers/submission.ts";
import {
  formatPlannedJob,
  parsePlannedJobs,
} from "../../src/script/planned_jobs.ts";

const word = fc.stringMatching(/^[a-z][a-z0-9]{0,14}$/);
const jobs: fc.Arbitrary<readonly Job[]> = fc.uniqueArray(
  fc.record({
    name: word,
    tasks: fc.array(word, { minLength: 1, maxLength: 4 }),
    supersedes: fc.array(word, { maxLength: 3 }),
  }, { noNullPrototype: true }),
  { selector: ({ name }) => name },
);

Deno.test("Planned jobs are read as they were written", () => {
  fc.assert(fc.property(jobs, (jobs) => {
    deepStrictEqual(
      parsePlannedJobs(jobs.map(formatPlannedJob).join("")),
      jobs,
    );
  }));
});

Deno.test("However the file is cut, no planned job is invented", () => {
  fc.assert(
    fc.property(jobs, (jobs) => {
      const text = jobs.map(formatPlannedJob).join("");
      for (let length = 0; length < text.length; length++) {
        const read = parsePlannedJobs(text.slice(0, length));
        deepStrictEqual(read, jobs.slice(0, read.length));
      }
    }),
    { numRuns: 20 },
  );
});

Deno.test("A planned job that is incomplete is ignored", () => {
  const job: Job = { name: "d1", tasks: ["t0", "t1"], supersedes: ["d0"] };
  const text = formatPlannedJob(job);
  for (let from = 0; from < text.length - 5; from++) {
    for (let to = from + 1; to < text.length - 5; to++) {
      deepStrictEqual(
        parsePlannedJobs(text.slice(0, from) + text.slice(to)),
        [],
      );
    }
  }
});

const plan = planFor({ root: "/r", base: "/b" });
const d1: Job = { name: "d1", tasks: ["t0"], supersedes: [] };
const d2: Job = { name: "d2", tasks: ["t0"], supersedes: ["d1"] };
const textOf = (jobs: readonly Job[], to: string, scheduler = shell) => {
  const put = jobFiles(jobs, plan, scheduler, "/r")
    .find((put) => put.to === to);
  return put && "text" in put ? put.text : null;
};

Deno.test("Planned jobs that follow incomplete ones are all read", () => {
  const first = textOf([d1], "planned_jobs")!;
  for (let length = 0; length < first.length - 1; length++) {
    const text = first.slice(0, length) + textOf([d2], "planned_jobs");
    deepStrictEqual(parsePlannedJobs(text).at(-1), d2);
  }
});

Deno.test("A job that was submitted twice is one job, with the last position", () => {
  const text = textOf([d1, d2], "planned_jobs")! + textOf([d1], "planned_jobs");
  deepStrictEqual(parsePlannedJobs(text), [d2, d1]);
});

Deno.test("A submission has a script for each job, its planned jobs and their order", () => {
  const puts = jobFiles([d2, d1], plan, shell, "/r");
  deepStrictEqual(puts.map(({ to }) => to), [
    "jobs/d2.sh",
    "jobs/d1.sh",
    "planned_jobs",
    "submit_order",
    "complete",
  ]);
  strictEqual(textOf([d2, d1], "submit_order"), "d2 d2\nd1 d1\n");
});

Deno.test("The user's header replaces the scheduler's, the flags follow either", () => {
  const scheduler: Scheduler = { ...shell, directives: () => ["#X --ours"] };
  const flagged = {
    ...plan,
    config: configOf({ resources: { flags: ["#X --flag"] } }),
  };
  const script = (given: typeof plan) => {
    const put = jobFiles([d1], given, scheduler, "/r")[0]!;
    return "text" in put ? put.text : "";
  };
  match(script(flagged), /^#X --ours\n#X --flag$/m);
  const headed = script({ ...flagged, header: "#X --theirs\n#X 2" });
  match(headed, /^#X --theirs\n#X 2\n#X --flag$/m);
  ok(!headed.includes("--ours"));
});
