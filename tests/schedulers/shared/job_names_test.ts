import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import fc from "fast-check";
import {
  nameInHeader,
  nameInQueue,
  queueNameOf,
} from "../../../src/schedulers/shared/job_names.ts";
import { schedulers } from "../../../src/schedulers/mod.ts";
import { queueNameOfJob } from "../../../src/pipeline/submit.ts";
import { type Overrides, taskRow } from "../../helpers/config.ts";
import { planOf } from "../../helpers/plan_of.ts";
import { sge } from "../../../src/schedulers/sge/mod.ts";
import { slurm } from "../../../src/schedulers/slurm/mod.ts";

const named = Object.values(schedulers).filter(({ naming }) => naming !== null);
const NAME = "dabcdefgh12";

/** How each batch system's directives name a job. */
const DIRECTIVES: Readonly<Record<string, readonly string[]>> = {
  Slurm: [
    "#SBATCH --job-name=my_run.1",
    "#SBATCH --job-name my_run.1",
    '#SBATCH -p x -J "my_run.1"',
    "#SBATCH -Jmy_run.1",
  ],
  SlurmJobArray: ["#SBATCH -J my_run.1"],
  PBS: ["#PBS -N my_run.1", "#PBS -j oe -N my_run.1"],
  Torque: ["#PBS -N my_run.1"],
  SGE: ["#$ -N my_run.1", "#$ -cwd -N my_run.1"],
  LSF: ["#BSUB -J my_run.1", '#BSUB -J "my_run.1"', "#BSUB -J my_run.1[1-3]"],
  JH_UniScheduler: ["#JSUB -J my_run.1", "#BSUB -J my_run.1"],
  Fugaku: ["#PJM -N my_run.1", "#PJM --name my_run.1"],
};

for (const { name, naming } of named) {
  Deno.test(`${name}: the user's directive names the jobs`, () => {
    ok(DIRECTIVES[name]!.length > 0);
    for (const line of DIRECTIVES[name]!) {
      strictEqual(nameInHeader(["", line], naming!), "my_run.1", line);
    }
    strictEqual(nameInHeader(["# -N x", "echo -J x"], naming!), null);
  });

  Deno.test(`${name}: whatever the user writes, a name is accepted and found again`, () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 300 }), (label) => {
        const queueName = queueNameOf(label, NAME, naming!);
        match(queueName, /^[\w][\w.-]*$/);
        ok(queueName.length <= naming!.longest);
        if (naming!.beginsWithLetter) match(queueName, /^[A-Za-z]/);
        strictEqual(nameInQueue(queueName), NAME);
      }),
    );
    const label = "my_run.1".slice(0, naming!.longest - NAME.length - 1);
    strictEqual(
      queueNameOf("my_run.1", NAME, naming!),
      `${label.replace(/_$/, "")}-${NAME}`,
    );
  });
}

function titleOf(scheduler: typeof slurm, overrides: Overrides): string {
  const plan = planOf(overrides, {});
  const keys = plan.tasks.map(({ key }) => key);
  return queueNameOfJob(
    { name: NAME, tasks: keys, supersedes: [] },
    plan,
    scheduler,
  );
}

Deno.test("A directive goes before kwargs.job_name, that before task_name; a task names only its own job", () => {
  const tasks = [taskRow({ name: "water box" })];
  const options = { jobName: "mine", parallelEnvironment: "mpi" };
  const none = { ...options, jobName: null };
  const flags = ["#$ -N first", "#$ -N last"];
  const titles = [
    titleOf(sge, { tasks, resources: { options, flags } }),
    titleOf(sge, { tasks, resources: { options }, header: "#$ -N theirs" }),
    titleOf(sge, { tasks, resources: { options } }),
    titleOf(sge, { tasks, resources: { options: none } }),
    titleOf(sge, { resources: { options: none } }),
    titleOf(slurm, { tasks }),
    titleOf(slurm, { tasks: [...tasks, ...tasks] }),
    titleOf(slurm, {}),
  ];
  deepStrictEqual(titles, [
    `last-${NAME}`,
    `theirs-${NAME}`,
    `mine-${NAME}`,
    `water-box-${NAME}`,
    `wDPjob-${NAME}`,
    `water-box-${NAME}`,
    NAME,
    NAME,
  ]);
});

Deno.test("A name without the user's part is its own unique name", () => {
  strictEqual(nameInQueue(NAME), NAME);
});
