/**
 * Kills dpdisp (SIGKILL) at different moments while it hands 60 jobs to a real
 * Slurm, every second time the script that submits as well, runs the same
 * command again, and counts the jobs at the controller and the tasks in a
 * file: `deno run -A scripts/kill_slurm.ts [TRIALS]`, as root on Debian. Exits
 * 1 if any job was accepted, or any task ran, other than once.
 */
import { startTestbed } from "../tests/live/testbed.ts";
import { type Kill, killTrial } from "../tests/live/kill_trial.ts";

const JOBS = 60;
/** About as long as 60 submits take. */
const SUBMITS_S = 0.6;
const [trials = 50] = Deno.args.map(Number);

function killOf(n: number): Kill {
  const part = n / trials;
  return n % 10 === 0
    ? { jobs: JOBS, early: true, after: part * 0.5 }
    : { jobs: JOBS, after: part * SUBMITS_S, scriptToo: n % 2 === 0 };
}

function say(line: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${line}\n`));
}

await using bed = await startTestbed("slurm");
const results = [];
for (let n = 0; n < trials; n++) {
  const result = await killTrial(bed, killOf(n));
  results.push(result);
  const verdict = result.wrong.join("; ") || "well";
  say(`${n + 1}: killed with ${result.known} ids known; ${verdict}`);
}
const between = results.filter(({ known }) => known > 0 && known < JOBS);
const bad = results.filter(({ wrong }) => wrong.length > 0);
say(
  `${trials} kills, ${between.length} of them between two submits; ${bad.length} trials with a fault`,
);
Deno.exitCode = bad.length === 0 ? 0 : 1;
