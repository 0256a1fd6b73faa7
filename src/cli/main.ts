/** What the process does: one command line in, one exit code out. */
import type { Failure } from "../text/result.ts";
import { withoutColors } from "../text/visible.ts";
import { VERSION } from "../version.ts";
import type { Environment } from "../environment/environment.ts";
import { realEnvironment } from "../environment/mod.ts";
import { exitCodes } from "../model/exit_codes.ts";
import { watchInterrupts } from "./signals.ts";
import { watchUnhandledErrors } from "./unhandled_errors.ts";
import type { CommandContext, Start } from "./command_context.ts";
import { jsonStream } from "./json_lines.ts";
import { printFailure } from "./print_errors.ts";

/** Large modules are imported only by the commands that need them. */
export async function main(
  args: readonly string[],
  environment: Environment = realEnvironment(),
  start: Start = startReal,
): Promise<number> {
  if (args.length === 1 && args[0] === "--version") {
    environment.terminal.out(`dpdisp ${VERSION}\n`);
    return unlessLost(exitCodes.done.code, environment);
  }
  using interrupts = watchInterrupts();
  using unhandled = watchUnhandledErrors();
  const context = {
    environment,
    args,
    start,
    json: jsonStream(environment.terminal),
    get interrupt() {
      return interrupts.signal;
    },
  };
  const code = await Promise.race([
    import("./program.ts").then(({ runCommandLine }) => runCommandLine(context))
      .catch((error) => reportThrown(error, context)),
    unhandled.first.then((error) => reportThrown(error, context)),
    interrupts.second.then(() => stopAtOnce(environment)),
  ]);
  return unlessLost(code, environment);
}

/** Output that could not be written is an error of its own, except after an internal error or an interrupt. */
function unlessLost(code: number, { terminal }: Environment): number {
  const { aborted, reason } = terminal.outputLost;
  const { internal, interrupted, unreached } = exitCodes;
  if (!aborted || code === internal.code || code === interrupted.code) {
    return code;
  }
  terminal.err(`error: Cannot write to standard output: ${reason}\n`);
  return unreached.code;
}

function stopAtOnce({ terminal }: Environment): number {
  terminal.err("\ninterrupted twice: stopped at once; jobs keep running\n");
  return exitCodes.interrupted.code;
}

const startReal: Start = async (plan, options, environment, interrupt) => {
  const [{ startRun }, { backendOpener }] = await Promise.all([
    import("../engine/session/mod.ts"),
    import("../backends/open.ts"),
  ]);
  return startRun(
    plan,
    options,
    environment,
    backendOpener(environment),
    interrupt,
  );
};

/** A bug is reported with its stack, for the developers of dpdisp. */
function reportThrown(
  thrown: unknown,
  { environment: { terminal }, args, json }: Pick<
    CommandContext,
    "environment" | "args" | "json"
  >,
): number {
  if (isModuleNotFound(thrown)) {
    const stream = args.includes("--json") ? json : null;
    return printFailure(notLoaded(thrown), terminal, stream);
  }
  const stack = thrown instanceof Error
    ? thrown.stack ?? thrown.message
    : String(thrown);
  terminal.err(
    `\nerror: internal error (bug in dpdisp ${VERSION}), not in your input:\n${
      withoutColors(stack)
    }\n`,
  );
  terminal.err(
    "Submitted jobs keep running. Repeat the same command to resume the run.\n",
  );
  return exitCodes.internal.code;
}

/** Deno gives this code to the error for a module that it cannot read, wherever the module is; an error thrown inside a module has no code. */
function isModuleNotFound(thrown: unknown): thrown is Error {
  return thrown instanceof Error && "code" in thrown &&
    thrown.code === "ERR_MODULE_NOT_FOUND";
}

/** Deno's message behind a proxy that decrypts the traffic (rustls, `CertificateError`). */
const UNKNOWN_ISSUER = /invalid peer certificate: UnknownIssuer/;

/** Modules of dpdisp and its libraries are loaded when they are first needed, so this may happen in any command. */
function notLoaded({ message }: Error): Failure {
  return {
    kind: "connection",
    summary: "Cannot load a part of dpdisp",
    // The position of the import does not help a user.
    detail: withoutColors(message).replace(/\n\s*at [^]*$/, ""),
    hint: UNKNOWN_ISSUER.test(message)
      ? "A proxy in front of the package registry uses its own certificate: set DENO_TLS_CA_STORE=system to trust the certificates of this computer, or DENO_CERT to the file of the certificate, then repeat the command"
      : "Parts of dpdisp are downloaded into Deno's cache when they are first needed (`deno info` shows its directory): check the network and that directory, then repeat the command",
    isRetryable: true,
  };
}
