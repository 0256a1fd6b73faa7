/** Why jobs end before their tasks do, as a real Slurm tells it: with accounting, and without. */
import { deepStrictEqual, match, strictEqual } from "node:assert/strict";
import { ask, startTestbed, type Testbed, waitUntil, work } from "./testbed.ts";
import { idsIn } from "./slurm_testbed.ts";

/** Seconds for which the controller remembers a job that has ended; 300 where a site does not say. */
const MIN_JOB_AGE = "DPDISP_SLURM_MIN_JOB_AGE";

/** Asks for far more than its job may have, in pieces that are really used. */
const GREEDY =
  'exec python3 -c "import time; a = bytearray(1 << 29); time.sleep(60)"';

/** One job each: over its memory, cancelled, over its time, on a node that fails once. */
const TASK = `count
case $n in
  0) ${GREEDY} ;;
  1) scancel $SLURM_JOB_ID; sleep 300 ;;
  2) sleep 300 ;;
  3) [ -e "$HOME/../again" ] || { touch "$HOME/../again"; echo $SLURM_JOB_ID $SLURMD_NODENAME >"$HOME/../node"; sleep 300; } ;;
esac`;

async function causes(testbed: Testbed): Promise<void> {
  await using it = await work(testbed, {
    batch: "Slurm",
    tasks: 4,
    groupSize: 1,
    task: TASK,
    resources: [
      'queue_name = "debug"',
      'walltime = "0:01:00"',
      'memory = "100M"',
      "exclusive = true",
      // Else Slurm itself puts a job back when its node fails.
      'custom_flags = ["#SBATCH --no-requeue"]',
    ],
  });
  const run = it.run();
  const node = () => Deno.readTextFile(`${it.directory}/node`).catch(() => "");
  await waitUntil(
    "the job whose node fails",
    async () => (await node()) !== "",
  );
  const [id, name] = (await node()).trim().split(" ");
  const set = (state: string) =>
    ask(
      testbed,
      "scontrol",
      "update",
      `NodeName=${name}`,
      state,
      "Reason=test",
    );
  await set("State=DOWN");
  await waitUntil(
    "its end",
    async () => !(await idsIn(testbed, "R")).includes(id!),
  );
  await set("State=RESUME");
  const { code, output } = await run;
  strictEqual(code, 1, output);
  // Without a cgroup Slurm looks after memory itself, and only the job's own output says so.
  match(output, /ran out of memory|exceeded memory limit/);
  match(output, /was cancelled, but not by dpdisp/);
  match(output, /exceeded its time limit/);
  match(output, /ended because its node failed/);
  match(output, /FAILED: 3 of 4 tasks failed, 1 succeeded/);
  deepStrictEqual(it.counts(), [0, 1, 2, 3, 3]);
}

Deno.test("The exit reason of a killed job is named, with and without Slurm accounting", async () => {
  // Where nothing is accounted only the queue tells: long enough to be asked.
  Deno.env.set(MIN_JOB_AGE, "120");
  await using off = await startTestbed("slurm");
  await using on = await startTestbed("slurm", "--accounting");
  Deno.env.delete(MIN_JOB_AGE);
  await Promise.all([causes(off), causes(on)]);
});
