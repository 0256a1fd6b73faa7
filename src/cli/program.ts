/** The program with all its commands. */
import { Command, CommanderError } from "commander";
import type { Failure } from "../text/result.ts";
import { closestMatch } from "../text/closest_match.ts";
import type { Terminal } from "../environment/environment.ts";
import { VERSION } from "../version.ts";
import { addCancel } from "./commands/cancel.ts";
import { addCheck } from "./commands/check.ts";
import { addDoctor } from "./commands/doctor.ts";
import { describeExitCodes, exitCodes } from "../model/exit_codes.ts";
import { addExplain } from "./commands/explain.ts";
import { printFailure } from "./print_errors.ts";
import { addPlan } from "./commands/plan.ts";
import type { CommandResult } from "./arguments.ts";
import { addRun } from "./commands/run.ts";
import { addSchema } from "./commands/schema.ts";
import type { CommandContext } from "./command_context.ts";
import { addTrust } from "./commands/trust.ts";

const ABOUT =
  `Runs Python scripts on your machine, over SSH, or through Slurm, SGE, PBS, LSF
and others. A comment block in the script (script metadata) says where and how.`;

const AFTER = `
Getting started:
  dpdisp check hello.py   check the script metadata
  dpdisp doctor hello.py  check the remote host and the batch system
  dpdisp run hello.py     run the script and collect the results
  dpdisp help run         print help for a command

${describeExitCodes()}
`;

/** In the order of `--help`. */
const COMMANDS = {
  run: addRun,
  check: addCheck,
  plan: addPlan,
  explain: addExplain,
  schema: addSchema,
  cancel: addCancel,
  doctor: addDoctor,
  trust: addTrust,
};

const COMMAND_NAMES: readonly string[] = Object.keys(COMMANDS);

/** Executes the command line and returns the exit code. */
export async function runCommandLine(context: CommandContext): Promise<number> {
  const unknown = helpForUnknown(context.args);
  if (unknown !== null) {
    return printFailure(unknown, context.environment.terminal, null);
  }
  const result: CommandResult = { code: exitCodes.done.code };
  const usage = { error: "" };
  const program = programOf(context, result, usage);
  try {
    await program.parseAsync(context.args, { from: "user" });
    return result.code;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return usageFailure(error, usage.error, context);
  }
}

function programOf(
  context: CommandContext,
  result: CommandResult,
  usage: { error: string },
): Command {
  const { terminal } = context.environment;
  const program = new Command("dpdisp")
    .description(ABOUT)
    .version(`dpdisp ${VERSION}`, "--version", "print the version")
    .helpOption("-h, --help", "print help")
    .helpCommand("help [COMMAND]", "print help for a command")
    .addHelpText("after", AFTER)
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out(text),
      writeErr: (text) => terminal.err(text),
      outputError: (text) => void (usage.error = text),
      getOutHelpWidth: () => widthOf(terminal),
      getErrHelpWidth: () => widthOf(terminal),
    });
  for (const add of Object.values(COMMANDS)) add(program, context, result);
  return program;
}

function widthOf(terminal: Terminal): number {
  return Math.min(terminal.columns() || 80, 100);
}

/** Reports a command line that Commander rejects; without a message Commander has printed help. */
function usageFailure(
  { code, exitCode }: CommanderError,
  message: string,
  { environment: { terminal }, args, json }: CommandContext,
): number {
  if (exitCode === 0) return exitCodes.done.code;
  if (message === "") return exitCodes.usage.code;
  const error = message.replace(/^error: /, "").trim();
  const failure: Failure = {
    kind: "usage",
    summary: error.replace(
      /\n\((Did you mean .*)\)$/s,
      (_, question: string) => `; ${question.replace("Did", "did")}`,
    ),
    detail: "",
    hint: code === "commander.unknownCommand"
      ? commandHint(args, error)
      : `See: dpdisp ${helpFor(args)}`,
    isRetryable: false,
  };
  return printFailure(
    failure,
    terminal,
    args.includes("--json") ? json : null,
  );
}

/** For `help foo` Commander prints the general help, without an error. */
function helpForUnknown([first, ...rest]: readonly string[]): Failure | null {
  const name = rest.find((arg) => !arg.startsWith("-"));
  if (first !== "help" || name === undefined) return null;
  if ([...COMMAND_NAMES, "help"].includes(name)) return null;
  return {
    kind: "usage",
    summary: `unknown command '${name}'`,
    detail: "",
    hint: commandHint(rest, ""),
    isRetryable: false,
  };
}

function helpFor([command = ""]: readonly string[]): string {
  return COMMAND_NAMES.includes(command) ? `help ${command}` : "--help";
}

/** A script in place of a command is most likely to be run. */
function commandHint(args: readonly string[], error: string): string {
  const script = args.find((arg) => arg.endsWith(".py"));
  const first = args.find((arg) => !arg.startsWith("-"));
  if (script !== undefined && script === first) {
    return `To run a script: dpdisp run ${script}`;
  }
  const meant = error.includes("Did you mean")
    ? null
    : closestMatch(first ?? "", COMMAND_NAMES);
  return meant === null
    ? "See: dpdisp --help"
    : `Did you mean ${meant}? See: dpdisp --help`;
}
