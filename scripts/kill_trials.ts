/**
 * Kills dpdisp (SIGKILL) at random moments of a run of 20 jobs, starts the same
 * command again until it reports, and counts how often each task ran to its
 * end: `deno run -A scripts/kill_trials.ts [TRIALS] [SEED]`. Exits 1 if any
 * ran other than once.
 */
import { PERMISSIONS } from "./permissions.ts";

const JOBS = 20;
const main = `${import.meta.dirname}/../main.ts`;

/** The cache of whoever runs this: a kill is to hit a run, not a download. */
const cache = Deno.env.get("DENO_DIR") ??
  `${Deno.env.get("HOME")}/.cache/deno`;

const script = (home: string) =>
  `# /// script
# [tool.dpdispatcher]
# work_base = "work"
# [tool.dpdispatcher.machine]
# batch_type = "Shell"
# local_root = "${home}"
# remote_root = "${home}/far"
# context_type = "LocalContext"
# max_jobs = 6
# [tool.dpdispatcher.resources]
# group_size = 1
# [[tool.dpdispatcher.task_list]]
# command = "sh"
# task_work_path = "task*"
# forward_files = ["input"]
# backward_files = ["output"]
# ///
sleep 0.05
cat input > output
cat input >> "${home}/counted"
`;

interface Trial {
  readonly kills: number;
  readonly wrong: readonly string[];
}

async function trial(random: () => number): Promise<Trial> {
  const home = await Deno.makeTempDir({ prefix: "dpdisp-kill-" });
  try {
    const tasks = Array.from({ length: JOBS }, (_, i) => `task${i}`);
    for (const task of tasks) {
      await Deno.mkdir(`${home}/work/${task}`, { recursive: true });
      await Deno.writeTextFile(`${home}/work/${task}/input`, `${task}\n`);
    }
    await Deno.writeTextFile(`${home}/script.py`, script(home));
    const kills = await runKilled(home, random);
    return { kills, wrong: await faults(home, tasks) };
  } finally {
    await Deno.remove(home, { recursive: true }).catch(() => {});
  }
}

/** Up to three kills, then to the end; gives how many hit a living dpdisp. */
async function runKilled(home: string, random: () => number): Promise<number> {
  let kills = 0;
  for (let round = 0; round < 3; round++) {
    const child = start(home);
    const timer = setTimeout(() => kill(child), 1500 * random());
    const { code, signal } = await child.status;
    clearTimeout(timer);
    if (signal !== "SIGKILL") return code === 0 ? kills : NaN;
    kills++;
  }
  const { code } = await start(home).status;
  return code === 0 ? kills : NaN;
}

/** It may have ended a moment ago. */
function kill(child: Deno.ChildProcess): void {
  try {
    child.kill("SIGKILL");
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
}

function start(home: string): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      ...PERMISSIONS,
      "--no-check",
      main,
      "run",
      "--quiet",
      `${home}/script.py`,
    ],
    env: { HOME: home, XDG_STATE_HOME: `${home}/state`, DENO_DIR: cache },
    stdin: "null",
    stdout: "null",
    stderr: "inherit",
  }).spawn();
}

/** What is not as it should be once the run has reported. */
async function faults(
  home: string,
  tasks: readonly string[],
): Promise<readonly string[]> {
  const counted = (await Deno.readTextFile(`${home}/counted`)).trim().split(
    "\n",
  );
  const often = tasks.flatMap((task) => {
    const times = counted.filter((line) => line === task).length;
    return times === 1 ? [] : [`${task} ran ${times} times`];
  });
  const lost = tasks.filter((task) => !exists(`${home}/work/${task}/output`));
  const left = [`${home}/work/.dpdisp`, ...names(`${home}/far`)].filter(exists);
  return [
    ...often,
    ...lost.map((task) => `${task} has no result`),
    ...left.map((path) => `${path} was left`),
  ];
}

function names(directory: string): readonly string[] {
  return exists(directory)
    ? Array.from(
      Deno.readDirSync(directory),
      ({ name }) => `${directory}/${name}`,
    )
    : [];
}

function exists(path: string): boolean {
  try {
    return Boolean(Deno.lstatSync(path));
  } catch {
    return false;
  }
}

function say(line: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${line}\n`));
}

/** mulberry32: the same seed, the same moments. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const [trials = 200, seed = 1] = Deno.args.map(Number);
const random = seeded(seed);
let kills = 0;
let bad = 0;
for (let n = 1; n <= trials; n++) {
  const result = await trial(random);
  kills += result.kills || 0;
  if (result.wrong.length > 0 || Number.isNaN(result.kills)) {
    bad++;
    say(
      `trial ${n}: ${result.wrong.join("; ") || "the run did not end well"}`,
    );
  }
}
say(
  `${trials} trials of ${JOBS} jobs, ${kills} kills, ${bad} trials with a fault`,
);
Deno.exit(bad === 0 ? 0 : 1);
