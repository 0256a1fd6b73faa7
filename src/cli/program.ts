/** The command line as a whole. */
import { Command, CommanderError } from "commander";
import type { Failure } from "../text/result.ts";
import { closestMatch } from "../text/closest_match.ts";
import type { Terminal } from "../environment/environment.ts";
import { VERSION } from "../version.ts";
import { addCancel } from "./commands/cancel.ts";
import { addCheck } from "./commands/check.ts";
import { addDoctor } from "./commands/doctor.ts";
import { describeExitCodes, exitCodes } from "./exit_codes.ts";
import { addExplain } from "./commands/explain.ts";
import { printFailure } from "./print_errors.ts";
import { addPlan } from "./commands/plan.ts";
import type { CommandResult } from "./arguments.ts";
import { addRun } from "./commands/run.ts";
import { addSchema } from "./commands/schema.ts";
import type { CommandContext } from "./command_context.ts";
import { addTrust } from "./commands/trust.ts";

const ABOUT =
  `Runs a Python script that says itself how it wants to be run: on this machine or
through a batch system, described in a comment block of the script.`;

const AFTER = `
Begin with:
  dpdisp check hello.py   is the job description right?
  dpdisp doctor hello.py  is the machine right?
  dpdisp run hello.py     run it and bring the results home
  dpdisp help run         more about a command

${describeExitCodes()}
`;

/** Does what the command line says; gives the exit code. */
export async function runCommandLine(setting: CommandContext): Promise<number> {
  const unknown = helpForUnknown(setting.args);
  if (unknown !== null) {
    return printFailure(unknown, setting.world.terminal, false);
  }
  const answer: CommandResult = { code: exitCodes.done.code };
  const said = { error: "" };
  const program = programOf(setting, answer, said);
  try {
    await program.parseAsync(setting.args, { from: "user" });
    return answer.code;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return tellUsage(error, said.error, setting);
  }
}

function programOf(
  setting: CommandContext,
  answer: CommandResult,
  said: { error: string },
): Command {
  const { terminal } = setting.world;
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
      outputError: (text) => void (said.error = text),
      getOutHelpWidth: () => widthOf(terminal),
      getErrHelpWidth: () => widthOf(terminal),
    });
  for (
    const add of [
      addRun,
      addCheck,
      addPlan,
      addExplain,
      addSchema,
      addCancel,
      addDoctor,
      addTrust,
    ]
  ) add(program, setting, answer);
  return program;
}

function widthOf(screen: Terminal): number {
  return Math.min(screen.columns() || 80, 100);
}

/** Commander's word on a command line that it does not take; help was printed already. */
function tellUsage(
  { code, exitCode }: CommanderError,
  said: string,
  { world: { terminal }, args }: CommandContext,
): number {
  if (exitCode === 0) return exitCodes.done.code;
  if (said === "") return exitCodes.usage.code;
  const saw = said.replace(/^error: /, "").trim();
  const failure: Failure = {
    kind: "usage",
    summary: "Cannot read the command line",
    detail: saw.replace(
      /\n\((Did you mean .*)\)$/s,
      (_, question: string) => `; ${question.replace("Did", "did")}`,
    ),
    hint: code === "commander.unknownCommand"
      ? commandAdvice(args, saw)
      : `See: dpdisp ${helpFor(args)}`,
    isRetryable: false,
  };
  return printFailure(failure, terminal, args.includes("--json"));
}

const COMMANDS = [
  "run",
  "check",
  "plan",
  "explain",
  "schema",
  "cancel",
  "doctor",
  "trust",
];

/** Commander answers `help foo` with the help for all, as if there were no foo. */
function helpForUnknown([first, ...rest]: readonly string[]): Failure | null {
  const name = rest.find((arg) => !arg.startsWith("-"));
  if (first !== "help" || name === undefined) return null;
  if ([...COMMANDS, "help"].includes(name)) return null;
  return {
    kind: "usage",
    summary: "Cannot print help",
    detail: `there is no command ${JSON.stringify(name)}`,
    hint: commandAdvice(rest, ""),
    isRetryable: false,
  };
}

function helpFor([command = ""]: readonly string[]): string {
  return COMMANDS.includes(command) ? `help ${command}` : "--help";
}

/** A script where a command should be: most likely to be run. */
function commandAdvice(args: readonly string[], saw: string): string {
  const script = args.find((arg) => arg.endsWith(".py"));
  const first = args.find((arg) => !arg.startsWith("-"));
  if (script !== undefined && script === first) {
    return `To run a script: dpdisp run ${script}`;
  }
  const meant = saw.includes("Did you mean")
    ? null
    : closestMatch(first ?? "", COMMANDS);
  return meant === null
    ? "See: dpdisp --help"
    : `Did you mean ${meant}? See: dpdisp --help`;
}
