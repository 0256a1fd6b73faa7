/** `dpdisp check FILE`. */
import type { Command } from "commander";
import { exitCodes } from "../exit_codes.ts";
import { printWarnings } from "../print_errors.ts";
import { writeLine } from "../json_lines.ts";
import { prepare } from "../prepare.ts";
import { allowRef, type CommandResult, file, json } from "../arguments.ts";
import type { CommandContext } from "../command_context.ts";
import { summaryLines, summaryOf } from "../plan_preview.ts";

interface Options {
  readonly allowRef?: boolean;
  readonly json?: boolean;
}

const EXAMPLES = `
Example:
  dpdisp check hello.py   every error at its line, or what would be run where

Nothing is sent anywhere and nothing is written.
`;

export function addCheck(
  program: Command,
  setting: CommandContext,
  answer: CommandResult,
): void {
  program.command("check")
    .summary("tell every error of a job description")
    .description(
      "Reads a script's job description and tells every error in it; where it is right, looks at the files and folders that it names.",
    )
    .addArgument(file())
    .addOption(allowRef())
    .addOption(json("answer with lines of JSON"))
    .addHelpText("after", EXAMPLES)
    .action(async (path: string, options: Options) => {
      answer.code = await check(path, options, setting);
    });
}

async function check(
  path: string,
  { allowRef = false, json = false }: Options,
  { world }: CommandContext,
): Promise<number> {
  const { terminal, cwd } = world;
  const prepared = await prepare(path, { allowRef, json }, world);
  if (!prepared.ok) return prepared.error;
  printWarnings(prepared.value.warnings, terminal, json);
  const summary = summaryOf(prepared.value.plan, cwd);
  if (json) writeLine(terminal, { type: "checkResult", ...summary });
  else terminal.out(`${summaryLines(summary).join("\n")}\n`);
  return exitCodes.done.code;
}
