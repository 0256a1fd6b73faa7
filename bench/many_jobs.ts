/**
 * How long do 100 one-task jobs of `true` take on this machine, and how many
 * files do they leave, against DPDispatcher? `deno run -A bench/many_jobs.ts
 * [PAIRS]`; wants `dpdisp` of DPDispatcher (pip install dpdispatcher) as $OLD,
 * by default on PATH.
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

const JOBS = 100;
const old = Deno.env.get("OLD") ?? "dpdisp";

async function measure(
  command: readonly string[],
): Promise<{ seconds: number; left: number }> {
  return await inScratch(async (directory) => {
    for (let i = 0; i < JOBS; i++) {
      await Deno.mkdir(`${directory}/work/t${i}`, { recursive: true });
    }
    await Deno.writeTextFile(`${directory}/script.py`, shellScript("true"));
    const seconds = await timed([...command, "script.py"], directory);
    return { seconds, left: count(`${directory}/work`) };
  });
}

/** Files that are neither a task's log nor its err. */
function count(directory: string): number {
  let files = 0;
  for (const { name, isDirectory } of Deno.readDirSync(directory)) {
    if (isDirectory) files += count(`${directory}/${name}`);
    else if (name !== "log" && name !== "err") files++;
  }
  return files;
}

const pairs = Number(Deno.args[0] ?? 7);
type Run = Awaited<ReturnType<typeof measure>>;
const ours: Run[] = [];
const theirs: Run[] = [];
for (let i = 0; i < pairs; i++) {
  ours.push(await measure(dpdisp("run", "--quiet")));
  theirs.push(await measure([old, "run"]));
}
const row = (
  name: string,
  runs: readonly { seconds: number; left: number }[],
) => [
  name,
  median(runs.map(({ seconds }) => seconds)).toFixed(2),
  median(runs.map(({ left }) => left)),
];
print(
  table(["100 jobs of true", "seconds", "files left"], [
    row("dpdisp", ours),
    row("DPDispatcher", theirs),
  ]),
);
const ratios = ours.map(({ seconds }, i) => theirs[i]!.seconds / seconds);
print(
  `DPDispatcher / dpdisp, median of ${pairs} pairs: ${
    median(ratios).toFixed(1)
  }`,
);
