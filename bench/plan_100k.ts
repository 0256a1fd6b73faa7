/** How long does it take to plan 1,000, 10,000 and 100,000 tasks with one small input each, and is it linear? */
import { buildPlan } from "../src/pipeline/plan/mod.ts";
import { localFiles } from "../src/environment/local_files.ts";
import { configOf, locatePath, taskRow } from "../tests/helpers/config.ts";
import { memoryHashes } from "../tests/helpers/hashes.ts";

const sizes = [1_000, 10_000, 100_000];

/** One size in a process of its own, so that its peak of memory is its own. */
async function measure(
  count: number,
): Promise<{ first: number; again: number; peakMiB: number }> {
  const { execPath } = Deno;
  const args = [
    "run",
    "--allow-all",
    "--no-check",
    import.meta.filename!,
    String(count),
  ];
  const { stdout } = await new Deno.Command(execPath(), {
    args,
    stderr: "inherit",
  }).output();
  return JSON.parse(new TextDecoder().decode(stdout));
}

function planOnce(count: number): void {
  const base = Deno.makeTempDirSync();
  for (let at = 0; at < count; at++) {
    Deno.mkdirSync(`${base}/task${at}`);
    Deno.writeTextFileSync(`${base}/task${at}/in.txt`, `input ${at}\n`);
  }
  const tasks = [
    taskRow({ dir: "task*", inputs: ["in.txt"], outputs: ["out.txt"] }),
  ];
  const config = configOf({ machine: { localRoot: base }, tasks });
  const surroundings = {
    files: localFiles,
    cwd: base,
    hashCache: memoryHashes(),
    locate: locatePath,
  };
  const seconds = (): number => {
    const from = performance.now();
    if (!buildPlan(config, surroundings).ok) throw new Error("no plan");
    return (performance.now() - from) / 1000;
  };
  const [first, again] = [seconds(), seconds()];
  const [, peak] = /VmHWM:\s+(\d+) kB/.exec(
    Deno.readTextFileSync("/proc/self/status"),
  )!;
  Deno.removeSync(base, { recursive: true });
  Deno.stdout.writeSync(
    new TextEncoder().encode(
      JSON.stringify({ first, again, peakMiB: Number(peak) / 1024 }),
    ),
  );
}

async function table(): Promise<void> {
  const rows: string[] = ["tasks    first s  again s  peak MiB  growth"];
  let before = 0;
  for (const count of sizes) {
    const { first, again, peakMiB } = await measure(count);
    const growth = before === 0 ? "" : `x${(first / before).toFixed(1)}`;
    rows.push(
      [count, first.toFixed(2), again.toFixed(2), peakMiB.toFixed(0), growth]
        .map((cell) => `${cell}`.padEnd(9)).join(""),
    );
    before = first;
  }
  await Deno.stdout.write(new TextEncoder().encode(rows.join("\n") + "\n"));
}

const [count] = Deno.args;
await (count === undefined ? table() : planOnce(Number(count)));
