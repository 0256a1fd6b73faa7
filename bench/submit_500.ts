/**
 * How long does it take to hand 500 one-task jobs to Slurm, against a shell
 * loop of `sbatch` over the same scripts, and the same where `sbatch` takes
 * 50 ms more? How many queries follow while the jobs wait? With the testbed:
 * `eval "$(scripts/testbeds/slurm.sh start)"`, then
 * `deno run -A bench/submit_500.ts [PAIRS] [MINUTES OF WAITING]`.
 */
import {
  dpdisp,
  inScratch,
  median,
  print,
  shellScript,
  table,
  timed,
} from "./measure.ts";

const JOBS = 500;
/** dpdisp of another checkout, to compare. */
const main = Deno.env.get("DPDISP_MAIN");
const [pairs = 7, minutes = 5] = Deno.args.map(Number);
if (!Deno.env.get("DPDISP_TESTBED_SLURM")) {
  throw new Error("all jobs are cancelled in the end: run it on the testbed");
}

interface Pair {
  readonly ours: number;
  readonly loop: number;
}

/** Programs that stand before Slurm's own: each does `first`, then what it is called for. */
async function shims(
  directory: string,
  first: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, string>>> {
  const path = Deno.env.get("PATH")!;
  const bin = await Deno.makeTempDir({ dir: directory });
  for (const [name, before] of Object.entries(first)) {
    const text = `#!/bin/sh\n${before}\nPATH=${path} exec ${name} "$@"\n`;
    await Deno.writeTextFile(`${bin}/${name}`, text, { mode: 0o755 });
  }
  return { PATH: `${bin}:${path}` };
}

/** Jobs that never start: the same lines are in the scripts that the loop hands over. */
async function makeWork(directory: string): Promise<void> {
  for (let i = 0; i < JOBS; i++) {
    await Deno.mkdir(`${directory}/work/t${i}`, { recursive: true });
  }
  const script = shellScript("true")
    .replace("Shell", "Slurm")
    .replace(/(?=# \[\[)/, '# custom_flags = ["#SBATCH --hold"]\n');
  await Deno.writeTextFile(`${directory}/script.py`, script);
}

async function run(command: readonly string[]): Promise<string> {
  const { stdout } = await new Deno.Command(command[0]!, {
    args: command.slice(1),
  }).output();
  return new TextDecoder().decode(stdout);
}

/** Cancels all jobs, and waits until none is left. */
async function emptyQueue(): Promise<void> {
  await run(["scancel", "-u", (await run(["id", "-un"])).trim()]);
  const left = ["squeue", "-h", "-t", "PENDING,RUNNING,COMPLETING"];
  while (await run(left) !== "") {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const submit = () =>
  dpdisp("run", "--quiet", "--exit-on-submit", "script.py")
    .map((word) => main && word.endsWith("/main.ts") ? main : word);

/** One after the other, dpdisp first: the loop takes the scripts that it wrote. */
async function pair(first: Readonly<Record<string, string>>): Promise<Pair> {
  return await inScratch(async (directory) => {
    await makeWork(directory);
    const env = await shims(directory, first);
    const ours = await timed(submit(), directory, env);
    await emptyQueue();
    const loop = await timed(
      [
        "sh",
        "-c",
        'for f in work/.dpdisp/*/jobs/*.sh; do sbatch --parsable "$f"; done',
      ],
      directory,
      env,
    );
    await emptyQueue();
    return { ours, loop };
  });
}

async function compare(
  name: string,
  first: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  const all: Pair[] = [];
  for (let i = 0; i < pairs; i++) all.push(await pair(first));
  const ratios = all.map(({ ours, loop }) => ours / loop);
  const seconds = (of: (pair: Pair) => number) =>
    median(all.map(of)).toFixed(2);
  return [
    name,
    seconds(({ ours }) => ours),
    seconds(({ loop }) => loop),
    median(ratios).toFixed(2),
    `${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`,
  ];
}

/** When Slurm was asked anything (s since 1970) while dpdisp waited for 500 jobs. */
async function questions(): Promise<readonly number[]> {
  return await inScratch(async (directory) => {
    await makeWork(directory);
    const note = `date +%s.%N >>${directory}/asked`;
    const env = await shims(directory, {
      squeue: note,
      sacct: note,
      scontrol: note,
    });
    const command = ["timeout", "-s", "INT", `${60 * minutes}`, ...submit()];
    const waiting = command.filter((word) => word !== "--exit-on-submit");
    await timed([...waiting], directory, env).catch(() => {});
    await emptyQueue();
    return (await Deno.readTextFile(`${directory}/asked`)).trim().split("\n")
      .map(Number);
  });
}

const head = ["500 jobs", "dpdisp, s", "loop, s", "ratio", "pairs from … to"];
print(table(head, [
  await compare("sbatch", {}),
  await compare("sbatch after sleep 0.05", { sbatch: "sleep 0.05" }),
]));
if (minutes > 0) {
  const asked = await questions();
  const last = asked.at(-1)! - asked.at(-2)!;
  print(
    `${asked.length} questions in ${minutes} minutes; the last two ${
      last.toFixed(0)
    } s apart: ${(3600 / last).toFixed(0)} an hour`,
  );
}
