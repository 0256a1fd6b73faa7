/** One dpdisp that is killed while it hands jobs to a real Slurm, and the same command again. */
import { pause, taskNames, type Testbed, waitUntil, work } from "./testbed.ts";
import { accepted, nothingLeft } from "./slurm_testbed.ts";

export interface Kill {
  readonly jobs: number;
  /** Seconds from the first sign of the submit script (or, `early`, from the start of dpdisp). */
  readonly after: number;
  readonly early?: boolean;
  /** The script that submits dies too, as it does when its machine is switched off. */
  readonly scriptToo?: boolean;
}

export interface Trial {
  /** Jobs whose id was on disk at the moment of the kill. */
  readonly known: number;
  /** Jobs that the controller accepted in all. */
  readonly accepted: number;
  /** What is not as it should be. */
  readonly wrong: readonly string[];
}

export async function killTrial(testbed: Testbed, kill: Kill): Promise<Trial> {
  await using it = await work(testbed, {
    batch: "Slurm",
    tasks: kill.jobs,
    groupSize: 1,
    task: "count",
    resources: ['queue_name = "debug"'],
  });
  const before = await accepted(testbed);
  const first = it.start();
  const output = Promise.all([first.stdout.cancel(), first.stderr.cancel()]);
  const far = `${it.directory}/far`;
  if (!kill.early) {
    const begun = () => farFile(far, "submitter") !== null;
    await waitUntil("the first submit", begun, { within: 60, every: 0.002 });
  }
  await pause(kill.after);
  first.kill("SIGKILL");
  const pid = farFile(far, "submitter")?.trim().split(" ")[1];
  if (kill.scriptToo && pid) killIfThere(Number(pid));
  const known = farFile(far, "submit_replies")?.match(/^= /gm)?.length ?? 0;
  await Promise.all([first.status, output]);
  const { code, output: said } = await it.run();
  await nothingLeft(testbed);
  const total = await accepted(testbed) - before;
  const wrong = [
    ...(code === 0 ? [] : [`exit code ${code}: ${said}`]),
    ...(total === kill.jobs ? [] : [`${total} jobs were accepted`]),
    ...(`${it.counts()}` === `${taskNames(kill.jobs)}`
      ? []
      : [`tasks that ran: ${it.counts()}`]),
  ];
  return { known, accepted: total, wrong };
}

/** A file of the only submission that the remote host has. */
function farFile(far: string, name: string): string | null {
  try {
    const [key] = [...Deno.readDirSync(far)];
    const own = `${far}/${key!.name}/.dpdisp/${key!.name}`;
    return Deno.readTextFileSync(`${own}/${name}`);
  } catch {
    return null;
  }
}

function killIfThere(pid: number): void {
  try {
    Deno.kill(pid, "SIGKILL");
  } catch {
    // It came to its end a moment ago.
  }
}
