/** What the process does: one command line in, one exit code out. */
import type { Failure } from "../text/result.ts";
import { withoutColors } from "../text/visible.ts";
import { VERSION } from "../version.ts";
import type { Environment } from "../environment/environment.ts";
import { realEnvironment } from "../environment/mod.ts";
import { exitCodes } from "./exit_codes.ts";
import { watchInterrupts } from "./signals.ts";
import { watchStrays } from "./unhandled_errors.ts";
import type { CommandContext, Start } from "./command_context.ts";
import { printFailure } from "./print_errors.ts";

/** Everything heavy is behind an import that only the command who needs it makes. */
export async function main(
  args: readonly string[],
  world: Environment = realEnvironment(),
  start: Start = startReal,
): Promise<number> {
  if (args.length === 1 && args[0] === "--version") {
    world.terminal.out(`dpdisp ${VERSION}\n`);
    return unlessLost(exitCodes.done.code, world);
  }
  using interrupts = watchInterrupts();
  using strays = watchStrays();
  const setting = {
    world,
    args,
    start,
    get interrupt() {
      return interrupts.signal;
    },
  };
  const code = await Promise.race([
    import("./program.ts").then(({ runCommandLine }) => runCommandLine(setting))
      .catch((fault) => tellFault(fault, setting)),
    strays.first.then((fault) => tellFault(fault, setting)),
    interrupts.second.then(() => leaveAtOnce(world)),
  ]);
  return unlessLost(code, world);
}

/** An answer that could not be written was not given, whatever it was; whoever interrupted wants none. */
function unlessLost(code: number, { terminal }: Environment): number {
  const { aborted, reason } = terminal.outputLost;
  const { fault, interrupted, unreached } = exitCodes;
  if (!aborted || code === fault.code || code === interrupted.code) return code;
  terminal.err(`dpdisp: Cannot write to standard output: ${reason}\n`);
  return unreached.code;
}

function leaveAtOnce({ terminal }: Environment): number {
  terminal.err("\ninterrupted twice: left at once; jobs go on\n");
  return exitCodes.interrupted.code;
}

const startReal: Start = async (plan, wishes, world, interrupt) => {
  const [{ startRun }, { backendOpener }] = await Promise.all([
    import("../engine/session/mod.ts"),
    import("../backends/open.ts"),
  ]);
  return startRun(plan, wishes, world, backendOpener(world), interrupt);
};

/** A bug is told with its stack: it is for whoever mends dpdisp. */
function tellFault(fault: unknown, { world, args }: Told): number {
  const { terminal } = world;
  if (isNotLoaded(fault)) {
    return printFailure(notLoaded(fault), terminal, args.includes("--json"));
  }
  const stack = fault instanceof Error
    ? fault.stack ?? fault.message
    : String(fault);
  terminal.err(
    `\ndpdisp ${VERSION}: a fault in dpdisp, not in your input:\n${
      withoutColors(stack)
    }\n`,
  );
  terminal.err(
    "Jobs that were handed over go on; the same command goes on with them.\n",
  );
  return exitCodes.fault.code;
}

type Told = Pick<CommandContext, "world" | "args">;

/** Of a module that could not be read, from wherever, Deno says so by this code; one that fails by itself has none. */
function isNotLoaded(fault: unknown): fault is Error {
  return fault instanceof Error && "code" in fault &&
    fault.code === "ERR_MODULE_NOT_FOUND";
}

/** As Deno says it behind a proxy that reads what it passes on (rustls, `CertificateError`). */
const UNKNOWN_ISSUER = /invalid peer certificate: UnknownIssuer/;

/** Parts of dpdisp and its libraries are loaded when they are first needed, whichever they are. */
function notLoaded({ message }: Error): Failure {
  return {
    kind: "connection",
    summary: "Cannot load a part of dpdisp",
    // Where it was asked for is of no use to a user.
    detail: withoutColors(message).replace(/\n\s*at [^]*$/, ""),
    hint: UNKNOWN_ISSUER.test(message)
      ? "Whoever stands between here and the registry has a certificate of its own: set DENO_TLS_CA_STORE=system, which takes those that this machine trusts, or DENO_CERT to its file, and run the same command again"
      : "What is needed for the first time is fetched from the network into the cache of Deno (`deno info` names its folder): see that both can be had, and run the same command again",
    isRetryable: true,
  };
}
