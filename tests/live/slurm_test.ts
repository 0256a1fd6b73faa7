/** Against a real Slurm. */
import {
  deepStrictEqual,
  doesNotMatch,
  match,
  strictEqual,
} from "node:assert/strict";
import { ask, type Job, startBed, until, upTo, work } from "./testbed.ts";
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
  await using bed = await startBed("slurm");
  const step = (name: string, run: () => Promise<void>) => t.step(name, run);

  await step(
    "50 tasks in 10 jobs, 3 of them failing: the others come home, the three are named",
    async () => {
      await using it = await work(bed, {
        ...plain,
        tasks: 50,
        groupSize: 5,
        task:
          'count; case $n in 7) echo "bad input" >&2; exit 7 ;; 13) exit 3 ;; 40) exit 1 ;; esac',
      });
      const { code, said } = await it.run();
      strictEqual(code, 1, said);
      match(said, /task t7 failed: exit 7, after 2 attempts[^]*\| bad input/);
      match(said, /task t13 failed: exit 3/);
      match(said, /task t40 failed: exit 1/);
      match(said, /FAILED: 3 of 50 tasks failed, 47 succeeded/);
      deepStrictEqual(
        it.counts(),
        [...upTo(50), 7, 13, 40].sort((a, b) => a - b),
      );
    },
  );

  await step(
    "an array: only its failed elements are submitted again",
    async () => {
      await using it = await work(bed, {
        ...plain,
        batch: "SlurmJobArray",
        tasks: 12,
        groupSize: 0,
        resources: [...queue, "kwargs = { slurm_job_size = 2 }"],
        task:
          'count; [ "$n" = 5 ] && [ ! -e ../../again ] && { touch ../../again; exit 1; }; :',
      });
      const { code, said } = await it.run();
      strictEqual(code, 0, said);
      strictEqual(it.counts().filter((n) => n === 5).length, 2);
      strictEqual(it.counts().length, 13);
    },
  );

  await step(
    "killed while submitting 60 jobs and started again: 60 jobs were ever accepted",
    async () => {
      for (const after of [0.05, 0.2, 0.4]) {
        const { wrong } = await killTrial(bed, { jobs: 60, after });
        deepStrictEqual(wrong, []);
      }
    },
  );

  await step(
    "why a job waits is told; as much as may stay unfinished is not waited for",
    async () => {
      await using it = await work(bed, {
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
      const said = { text: "" };
      const heard = (async () => {
        for await (const text of output) said.text += text;
      })();
      await until("why they wait", () => /JobHeldUser/.test(said.text));
      await ask(bed, "scontrol", "release", ...await idsIn(bed, "PD"));
      const ended = [run.status, heard, run.stdout.cancel()] as const;
      const [{ code }] = await Promise.all(ended);
      strictEqual(code, 0, said.text);
      match(said.text, /0\/4 done, 4 waiting \(JobHeldUser\)/);
      match(said.text, /2 of 4 tasks succeeded/);
      const home = upTo(4).map((n) =>
        Deno.stat(`${it.folder}/work/t${n}/out`).then(() => 1, () => 0)
      );
      const [a, b, c, d] = await Promise.all(home);
      strictEqual(a! + b! + c! + d!, 2);
      await nothingLeft(bed);
    },
  );

  await step(
    "what no node has is refused each time, though Slurm keeps a job of that name",
    async () => {
      await using it = await work(bed, {
        ...plain,
        resources: [...queue, 'memory = "900G"'],
      });
      const { code, said } = await it.run();
      strictEqual(code, 4, said);
      match(said, /Requested node configuration is not available/);
      const again = await it.run();
      strictEqual(again.code, 4, again.said);
      deepStrictEqual(await idsIn(bed, "PD,R"), []);
    },
  );

  await step(
    "a partition that is not there is refused: exit 4, in Slurm's own words",
    async () => {
      await using it = await work(bed, {
        ...plain,
        resources: ['queue_name = "nope"'],
      });
      const { code, said } = await it.run();
      strictEqual(code, 4, said);
      match(said, /invalid partition specified: nope/i);
      doesNotMatch(said, /internal error/);
    },
  );

  await step("cancel ends what lives", async () => {
    await using it = await work(bed, {
      ...plain,
      tasks: 3,
      task: "count; sleep 300",
    });
    await it.run("run", "--exit-on-submit");
    await until("all tasks", () => it.counts().length === 3);
    const { said } = await it.run("cancel");
    match(said, /cancel/);
    await until(
      "an empty queue",
      async () => (await it.ask("squeue", "-h")).trim() === "",
    );
  });
});
