/** What tests ask of a real Slurm's controller, and do to it. */
import { ask, root, type Testbed, waitUntil } from "./testbed.ts";

/** Jobs that the controller ever accepted; the elements of an array count once they start. */
export async function accepted(testbed: Testbed): Promise<number> {
  const output = await ask(testbed, "scontrol", "show", "config");
  return Number(output.match(/^NEXT_JOB_ID\s*= (\d+)/m)![1]) - 1;
}

/** Stops the controller (it keeps its state), starts it, freezes it, lets it go on. */
export async function controller(
  testbed: Testbed,
  what: "stop" | "start" | "pause" | "go-on",
): Promise<void> {
  await ask(testbed, `${root}scripts/testbeds/slurm.sh`, "controller", what);
}

/** Ids of all jobs that Slurm still knows, in these states. */
export async function idsIn(
  testbed: Testbed,
  states: string,
): Promise<readonly string[]> {
  const output = await ask(testbed, "squeue", "-h", "-t", states, "-o", "%A");
  return output.split("\n").filter((line) => /^\d+$/.test(line));
}

/** Programs of a directory that stands before all others on PATH: each runs `first`, then the real one. */
export async function shims(
  testbed: Testbed,
  directory: string,
  first: Readonly<Record<string, string>>,
): Promise<Testbed> {
  const path = Deno.env.get("PATH")!;
  for (const [name, text] of Object.entries(first)) {
    await Deno.writeTextFile(
      `${directory}/${name}`,
      `#!/bin/sh\n${text}\nPATH=${path} exec ${name} "$@"\n`,
      { mode: 0o755 },
    );
  }
  return { ...testbed, env: { ...testbed.env, PATH: `${directory}:${path}` } };
}

/** Waits until nothing of Slurm's is queued or at work. */
export async function nothingLeft(testbed: Testbed): Promise<void> {
  await waitUntil(
    "an empty queue",
    async () => (await idsIn(testbed, "PD,R,CG,S")).length === 0,
  );
}
