/** Against a real Slurm. */
import {
  deepStrictEqual,
  doesNotMatch,
  match,
  strictEqual,
} from "node:assert/strict";
import { type Bed, type Job, startBed, until, upTo, work } from "./bed.ts";

const queue = ['queue_name = "debug"'];
const plain: Job = {
  batch: "Slurm",
  tasks: 1,
  groupSize: 1,
  task: "count",
  resources: queue,
};

/** Jobs that the controller ever accepted: the id of a new one tells. */
async function accepted(bed: Bed): Promise<number> {
  await using probe = await work(bed, plain);
  const said = await probe.ask(
    "sbatch",
    "--parsable",
    "-o",
    "/dev/null",
    "--wrap",
    "true",
  );
  return Number(said.trim()) - 1;
}

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
      match(said, /task t7\/ failed: exit 7, after 2 tries[^]*\| bad input/);
      match(said, /task t13\/ failed: exit 3/);
      match(said, /task t40\/ failed: exit 1/);
      match(said, /47 of 50 tasks done/);
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
    "killed while submitting 40 jobs and started again: 40 jobs were ever accepted",
    async () => {
      for (const ms of [300, 700, 1200]) {
        const before = await accepted(bed);
        await using it = await work(bed, { ...plain, tasks: 40 });
        const first = it.start();
        await new Promise((resolve) => setTimeout(resolve, ms));
        first.kill("SIGKILL");
        await Promise.all([
          first.status,
          first.stdout.cancel(),
          first.stderr.cancel(),
        ]);
        const { code, said } = await it.run();
        strictEqual(code, 0, said);
        deepStrictEqual(it.counts(), upTo(40));
        strictEqual(await accepted(bed) - before - 1, 40);
      }
    },
  );

  await step(
    "a look costs one squeue, however many jobs there are",
    async () => {
      const calls = async (tasks: number) => {
        await using it = await work(bed, {
          ...plain,
          tasks,
          task: "count; sleep 3",
          machine: [
            `commands = { poll = "sh -c 'echo >>${"$"}HOME/../polls; exec squeue \\"${"$"}@\\"' -" }`,
          ],
        });
        const { code, said } = await it.run("run", "--json");
        strictEqual(code, 0, said);
        const polls = (await Deno.readTextFile(`${it.folder}/polls`)).length;
        return polls;
      };
      const few = await calls(2);
      const many = await calls(30);
      // 30 jobs on 16 CPUs take two turns: at most some rounds more.
      strictEqual(
        many <= 4 * few,
        true,
        `${few} calls for 2 jobs, ${many} for 30`,
      );
    },
  );

  await step(
    "a job that is requeued goes on; its finished tasks do not run again",
    async () => {
      await using it = await work(bed, {
        ...plain,
        tasks: 3,
        groupSize: 0,
        task: 'count; [ "$n" = 1 ] && [ ! -e "$HOME/../go" ] && sleep 300; :',
      });
      const run = it.run();
      await until("the second task", () => it.counts().length === 2);
      const id = (await it.ask("squeue", "-h", "-o", "%i")).trim();
      await Deno.writeTextFile(`${it.folder}/go`, "");
      await it.ask("scontrol", "requeue", id);
      // Slurm holds a requeued job back for two minutes, unless it is told not to.
      await until("the requeued job", async () => {
        await it.ask("scontrol", "update", `JobId=${id}`, "StartTime=now");
        return it.counts().length === 4;
      }, 180);
      const { code, said } = await run;
      strictEqual(code, 0, said);
      deepStrictEqual(it.counts(), [0, 1, 1, 2]);
    },
  );

  await step(
    "one that is cancelled and one over its time are named, and not tried again blindly",
    async () => {
      await using it = await work(bed, {
        ...plain,
        tasks: 2,
        resources: ['queue_name = "debug"', 'walltime = "0:01:00"'],
        task: "count; [ $n = 0 ] && scancel $SLURM_JOB_ID; sleep 300",
      });
      const { code, said } = await it.run();
      strictEqual(code, 1, said);
      match(said, /was cancelled from outside/);
      match(said, /time limit/);
      deepStrictEqual(it.counts(), [0, 1]);
    },
  );

  await step(
    "the controller is away for a while: the run ends well and nothing is submitted again",
    async () => {
      const before = await accepted(bed);
      await using it = await work(bed, {
        ...plain,
        tasks: 4,
        task: "count; sleep 8",
      });
      const run = it.run();
      await until("all tasks", () => it.counts().length === 4);
      const pid = (await it.ask("pgrep", "-f", `slurmctld`)).trim().split(
        "\n",
      )[0]!;
      await it.ask("kill", "-STOP", pid);
      await new Promise((resolve) => setTimeout(resolve, 15_000));
      await it.ask("kill", "-CONT", pid);
      const { code, said } = await run;
      strictEqual(code, 0, said);
      strictEqual(await accepted(bed) - before - 1, 4);
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
      doesNotMatch(said, /fault in dpdisp/);
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
