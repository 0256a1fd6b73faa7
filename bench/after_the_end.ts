/**
 * How long after a task's end does the command return? A 3-second task, from
 * the time that the task itself writes down to the end of the command:
 * `deno run -A bench/after_the_end.ts [RUNS]`.
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

const runs = Number(Deno.args[0] ?? 5);
const delays: number[] = [];
for (let i = 0; i < runs; i++) {
  await inScratch(async (directory) => {
    await Deno.mkdir(`${directory}/work/t1`, { recursive: true });
    await Deno.writeTextFile(
      `${directory}/script.py`,
      shellScript("sh") + "sleep 3; date +%s.%N > end\n",
    );
    await timed(dpdisp("run", "--quiet", "script.py"), directory);
    const end = Number(await Deno.readTextFile(`${directory}/work/t1/end`));
    delays.push(Date.now() / 1000 - end);
  });
}
print(table(["", "seconds"], [
  ["median", median(delays).toFixed(2)],
  ["longest", Math.max(...delays).toFixed(2)],
]));
