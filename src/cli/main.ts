/** What the process does: one command line in, one exit code out. */
import { VERSION } from "../version.ts";
import type { World } from "../world.ts";
import { realWorld } from "../world/real.ts";
import { exitCodes } from "./exit_code.ts";
import { watchInterrupts } from "./interrupts.ts";
import { watchStrays } from "./strays.ts";
import type { Start } from "./setting.ts";

/** Everything heavy is behind an import that only the command who needs it makes. */
export async function main(
  args: readonly string[],
  world: World = realWorld(),
  start: Start = startReal,
): Promise<number> {
  if (args.length === 1 && args[0] === "--version") {
    world.screen.out(`dpdisp ${VERSION}\n`);
    return unlessLost(exitCodes.done.code, world);
  }
  using interrupts = watchInterrupts();
  using strays = watchStrays();
  const setting = { world, args, start, interrupt: interrupts.signal };
  const code = await Promise.race([
    import("./program.ts").then(({ obey }) => obey(setting))
      .catch((fault) => tellFault(fault, world)),
    strays.first.then((fault) => tellFault(fault, world)),
    interrupts.second.then(() => leaveAtOnce(world)),
  ]);
  return unlessLost(code, world);
}

/** An answer that could not be written was not given, whatever it was; whoever interrupted wants none. */
function unlessLost(code: number, { screen }: World): number {
  const { aborted, reason } = screen.outputLost;
  const { fault, interrupted, unreached } = exitCodes;
  if (!aborted || code === fault.code || code === interrupted.code) return code;
  screen.err(`dpdisp: Cannot write to standard output: ${reason}\n`);
  return unreached.code;
}

function leaveAtOnce({ screen }: World): number {
  screen.err("\ninterrupted twice: left at once; jobs go on\n");
  return exitCodes.interrupted.code;
}

const startReal: Start = async (plan, wishes, world, interrupt) => {
  const [{ startRun }, { opener }] = await Promise.all([
    import("../session.ts"),
    import("../backends/open.ts"),
  ]);
  return startRun(plan, wishes, world, opener(world), interrupt);
};

/** A bug is told with its stack: it is for whoever mends dpdisp. */
export function tellFault(
  fault: unknown,
  { screen }: Pick<World, "screen">,
): number {
  const stack = fault instanceof Error
    ? fault.stack ?? fault.message
    : String(fault);
  screen.err(
    `\ndpdisp ${VERSION}: a fault in dpdisp, not in your input:\n${stack}\n`,
  );
  screen.err(
    "Jobs that were handed over go on; the same command goes on with them.\n",
  );
  return exitCodes.fault.code;
}
