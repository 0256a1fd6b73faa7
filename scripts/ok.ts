/** The whole gate: `deno task ok`. Sets the machine up, checks, tests, and names what was left out. */
import { leftOut, say, setUp } from "./setup.ts";

const steps = [
  ["fmt", "--check"],
  ["lint"],
  ["task", "gen", "--check"],
  ["check", "main.ts", "src", "scripts", "tests", "bench"],
  ["task", "test"],
];

async function carryOut(): Promise<boolean> {
  if (!await setUp()) return false;
  for (const args of steps) {
    const step = new Deno.Command(Deno.execPath(), { args });
    if (!(await step.spawn().status).success) return false;
  }
  return true;
}

const passed = await carryOut();
const line = leftOut();
if (line !== null) say(line);
Deno.exit(passed ? 0 : 1);
