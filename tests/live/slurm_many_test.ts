/** What a look at 500 jobs costs a real Slurm. */
import { deepStrictEqual } from "node:assert/strict";
import { ask, startTestbed, type Testbed, waitUntil, work } from "./testbed.ts";
import { idsIn, shims } from "./slurm_testbed.ts";

/** Each of dpdisp's scripts is a session of its own: proc_pid_stat(5), the sixth field. */
const note = (name: string, asked: string) =>
  `read -r _ _ _ _ _ script _ </proc/$$/stat; echo "$script ${name}" >>${asked}`;

/** The different things that one script called: `squeue`, `squeue sacct squeue`. */
function rounds(asked: string): readonly string[] {
  const lines = asked.trim().split("\n").map((line) => line.split(" "));
  const scripts = Map.groupBy(lines, ([script]) => script);
  const calls = scripts.values().map((all) =>
    all.map(([, name]) => name).join(" ")
  );
  return [...new Set(calls)].sort();
}

/** Jobs that wait, are looked at some times, and are all cancelled from outside. */
async function roundsOf(
  plain: Testbed,
  jobs: number,
): Promise<readonly string[]> {
  const bin = await Deno.makeTempDir();
  const asked = `${bin}/asked`;
  const names = ["squeue", "sacct", "scontrol"];
  const testbed = await shims(
    plain,
    bin,
    Object.fromEntries(names.map((name) => [name, note(name, asked)])),
  );
  await using it = await work(testbed, {
    batch: "Slurm",
    tasks: jobs,
    groupSize: 1,
    task: "count",
    resources: ['queue_name = "debug"', 'custom_flags = ["#SBATCH --hold"]'],
  });
  const run = it.start();
  const output = Promise.all([run.stdout.cancel(), run.stderr.cancel()]);
  const held = async () => (await idsIn(plain, "PD")).length === jobs;
  await waitUntil(`${jobs} jobs`, held);
  const looks = () => Deno.readTextFile(asked).catch(() => "");
  const some = async () => (await looks()).split("\n").length > 3;
  await waitUntil("some looks", some);
  await ask(plain, "scancel", "-u", "root");
  const why = async () => (await looks()).match(/sacct/g)?.length === 2;
  await waitUntil("two looks for why they ended", why);
  run.kill("SIGINT");
  await Promise.all([run.status, output]);
  const all = rounds(await looks());
  await Deno.remove(bin, { recursive: true });
  return all;
}

Deno.test("A poll of 500 jobs queries Slurm as often as a poll of five", async () => {
  await using testbed = await startTestbed("slurm");
  const few = await roundsOf(testbed, 5);
  deepStrictEqual(few, ["squeue", "squeue sacct squeue"]);
  deepStrictEqual(await roundsOf(testbed, 500), few);
});
