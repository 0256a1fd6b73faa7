/** What tests ask of a real Slurm's controller, and do to it. */
import { ask, type Bed, root, until } from "./testbed.ts";

/** Jobs that the controller ever accepted; the elements of an array count once they start. */
export async function accepted(bed: Bed): Promise<number> {
  const said = await ask(bed, "scontrol", "show", "config");
  return Number(said.match(/^NEXT_JOB_ID\s*= (\d+)/m)![1]) - 1;
}

/** Stops the controller (it keeps its state), starts it, freezes it, lets it go on. */
export async function controller(
  bed: Bed,
  what: "stop" | "start" | "pause" | "go-on",
): Promise<void> {
  await ask(bed, `${root}scripts/testbeds/slurm.sh`, "controller", what);
}

/** Ids of all jobs that Slurm still knows, in these states. */
export async function idsIn(
  bed: Bed,
  states: string,
): Promise<readonly string[]> {
  const said = await ask(bed, "squeue", "-h", "-t", states, "-o", "%A");
  return said.split("\n").filter((line) => /^\d+$/.test(line));
}

/** Programs of a folder that stands before all others on PATH: each runs `first`, then the real one. */
export async function shims(
  bed: Bed,
  folder: string,
  first: Readonly<Record<string, string>>,
): Promise<Bed> {
  const path = Deno.env.get("PATH")!;
  for (const [name, text] of Object.entries(first)) {
    await Deno.writeTextFile(
      `${folder}/${name}`,
      `#!/bin/sh\n${text}\nPATH=${path} exec ${name} "$@"\n`,
      { mode: 0o755 },
    );
  }
  return { ...bed, env: { ...bed.env, PATH: `${folder}:${path}` } };
}

/** Waits until nothing of Slurm's is queued or at work. */
export async function nothingLeft(bed: Bed): Promise<void> {
  await until(
    "an empty queue",
    async () => (await idsIn(bed, "PD,R,CG,S")).length === 0,
  );
}
