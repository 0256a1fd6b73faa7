/** Against a real Slurm. */
import {
  deepStrictEqual,
  doesNotMatch,
  match,
  strictEqual,
} from "node:assert/strict";
import {
  ask,
  type Job,
  startTestbed,
  taskNames,
  waitUntil,
  work,
} from "./testbed.ts";
import { killTrial } from "./kill_trial.ts";
import { idsIn, nothingLeft } from "./slurm_testbed.ts";

const queue = ['queue_name = "debug"'];
const plain: Job = {
  batch: "Slurm",
  tasks: 1,
  groupSize: 1,
  task: "count",
  resources: queue,
};

Deno.test("Slurm", async (t) => {
  await using testbed = await startTestbed("slurm");
  const step = (name: string, run: () => Promise<void>) => t.step(name, run);

  await step(
    "50 tasks in 10 jobs, 3 of them failing: the others' results are collected, the three are named",
    async () => {
      await using it = await work(testbed, {
        ...plain,
        tasks: 50,
        groupSize: 5,
        task:
          'count; case $n in 7) echo "bad input" >&2; exit 7 ;; 13) exit 3 ;; 40) exit 1 ;; esac',
      });
      const { code, output } = await it.run();
      strictEqual(code, 1, output);
      match(output, /task t7 failed: exit 7, after 2 attempts[^]*\| bad input/);
      match(output, /task t13 failed: exit 3/);
      match(output, /task t40 failed: exit 1/);
      match(output, /FAILED: 3 of 50 tasks failed, 47 succeeded/);
      deepStrictEqual(
        it.counts(),
        [...taskNames(50), 7, 13, 40].sort((a, b) => a - b),
      );
    },
  );

  await step(
    "an array: only its failed elements are submitted again",
    async () => {
      await using it = await work(testbed, {
        ...plain,
        batch: "SlurmJobArray",
        tasks: 12,
        groupSize: 0,
        resources: [...queue, "kwargs = { slurm_job_size = 2 }"],
        task:
          'count; [ "$n" = 5 ] && [ ! -e ../../again ] && { touch ../../again; exit 1; }; :',
      });
      const { code, output } = await it.run();
      strictEqual(code, 0, output);
      strictEqual(it.counts().filter((n) => n === 5).length, 2);
      strictEqual(it.counts().length, 13);
    },
  );

  await step(
    "killed while submitting 60 jobs and started again: 60 jobs were ever accepted",
    async () => {
      for (const after of [0.05, 0.2, 0.4]) {
        const { wrong } = await killTrial(testbed, { jobs: 60, after });
        deepStrictEqual(wrong, []);
      }
    },
  );

  await step(
    "why a job waits is shown; tasks that may stay unfinished are not waited for",
    async () => {
      await using it = await work(testbed, {
        ...plain,
        tasks: 4,
        groupSize: 2,
        // Of each job the first task ends.
        task: 'count; mkdir "$HOME/../$SLURM_JOB_ID" 2>/dev/null || sleep 300',
        resources: [
          ...queue,
          'custom_flags = ["#SBATCH --hold"]',
          "strategy = { ratio_unfinished = 0.5 }",
        ],
      });
      const run = it.start();
      const output = run.stderr.pipeThrough(new TextDecoderStream());
      const shown = { text: "" };
      const reading = (async () => {
        for await (const text of output) shown.text += text;
      })();
      const held = /0\/4 done, 4 held \(JobHeldUser\)/;
      await waitUntil("the line that says so", () => held.test(shown.text));
      await ask(testbed, "scontrol", "release", ...await idsIn(testbed, "PD"));
      const ended = [run.status, reading, run.stdout.cancel()] as const;
      const [{ code }] = await Promise.all(ended);
      strictEqual(code, 0, shown.text);
      match(shown.text, /Job \d+ and 1 more cannot start: JobHeldUser/);
      match(shown.text, /`scontrol release \d+` lets it start/);
      match(shown.text, /2 of 4 tasks succeeded/);
      const home = taskNames(4).map((n) =>
        Deno.stat(`${it.directory}/work/t${n}/out`).then(() => 1, () => 0)
      );
      const [a, b, c, d] = await Promise.all(home);
      strictEqual(a! + b! + c! + d!, 2);
      await nothingLeft(testbed);
    },
  );

  await step(
    "what no node has is rejected each time, though Slurm keeps a job of that name",
    async () => {
      await using it = await work(testbed, {
        ...plain,
        resources: [...queue, 'memory = "900G"'],
      });
      const { code, output } = await it.run();
      strictEqual(code, 4, output);
      match(output, /Requested node configuration is not available/);
      const again = await it.run();
      strictEqual(again.code, 4, again.output);
      deepStrictEqual(await idsIn(testbed, "PD,R"), []);
    },
  );

  await step(
    "a partition that does not exist is rejected: exit 4, with Slurm's own message",
    async () => {
      await using it = await work(testbed, {
        ...plain,
        resources: ['queue_name = "nope"'],
      });
      const { code, output } = await it.run();
      strictEqual(code, 4, output);
      match(output, /invalid partition specified: nope/i);
      doesNotMatch(output, /internal error/);
    },
  );

  await step("cancel ends active jobs", async () => {
    await using it = await work(testbed, {
      ...plain,
      tasks: 3,
      task: "count; sleep 300",
    });
    await it.run("run", "--exit-on-submit");
    await waitUntil("all tasks", () => it.counts().length === 3);
    const { output } = await it.run("cancel");
    match(output, /cancel/);
    await waitUntil(
      "an empty queue",
      async () => (await it.ask("squeue", "-h")).trim() === "",
    );
  });
});
