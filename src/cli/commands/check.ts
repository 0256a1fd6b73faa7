/** `dpdisp check FILE`. */
import type { Command } from "commander";
import { exitCodes } from "../../model/exit_codes.ts";
import { printWarnings } from "../print_errors.ts";
import { prepare } from "../prepare.ts";
import { allowRef, type CommandResult, file, json } from "../arguments.ts";
import type { CommandContext } from "../command_context.ts";
import { scriptSummaryLines, summarizeScript } from "../plan_preview.ts";

interface Options {
  readonly allowRef?: boolean;
  readonly json?: boolean;
}

const EXAMPLES = `
Example:
  dpdisp check hello.py   print all errors with their lines, or what would run

Nothing is submitted and no file is written.
`;

export function addCheck(
  program: Command,
  context: CommandContext,
  result: CommandResult,
): void {
  program.command("check")
    .summary("check the script metadata and report all errors")
    .description(
      "Checks the script metadata and the files and directories that it names, and reports all errors at once.",
    )
    .addArgument(file())
    .addOption(allowRef())
    .addOption(json("write the result as lines of JSON on stdout"))
    .addHelpText("after", EXAMPLES)
    .action(async (path: string, options: Options) => {
      result.code = await check(path, options, context);
    });
}

async function check(
  path: string,
  options: Options,
  { environment, json: stream }: CommandContext,
): Promise<number> {
  const { allowRef = false } = options;
  const json = options.json ? stream : null;
  const { terminal, cwd } = environment;
  const prepared = await prepare(path, { allowRef, json }, environment);
  if (!prepared.ok) return prepared.error;
  printWarnings(prepared.value.warnings, terminal, json);
  const summary = summarizeScript(prepared.value.plan, cwd);
  if (json) json.write({ type: "checkResult", ...summary });
  else terminal.out(`${scriptSummaryLines(summary).join("\n")}\n`);
  return exitCodes.done.code;
}
