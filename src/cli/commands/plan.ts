/** `dpdisp plan FILE`. */
import type { Command } from "commander";
import { exitCodes } from "../../model/exit_codes.ts";
import { printWarnings } from "../print_errors.ts";
import {
  plannedLines,
  plannedRun,
  scriptSummaryLines,
  summarizeScript,
} from "../plan_preview.ts";
import { prepare } from "../prepare.ts";
import { allowRef, type CommandResult, file, json } from "../arguments.ts";
import type { CommandContext } from "../command_context.ts";

interface Options {
  readonly allowRef?: boolean;
  readonly json?: boolean;
  readonly scripts?: boolean;
}

const EXAMPLES = `
Examples:
  dpdisp plan hello.py             tasks, jobs, and the first job script
  dpdisp plan hello.py --scripts   every job script

Nothing is submitted and no file is written.
`;

export function addPlan(
  program: Command,
  context: CommandContext,
  result: CommandResult,
): void {
  program.command("plan")
    .summary("show what run would do, without doing it")
    .description(
      "Shows the tasks, the jobs, the job scripts, and the files that would be staged.",
    )
    .addArgument(file())
    .addOption(allowRef())
    .addOption(
      json(
        "write the result as lines of JSON on stdout, with every job script",
      ),
    )
    .option("--scripts", "show every job script, not only the first")
    .addHelpText("after", EXAMPLES)
    .action(async (path: string, options: Options) => {
      result.code = await showPlan(path, options, context);
    });
}

async function showPlan(
  path: string,
  options: Options,
  { environment, json: stream }: CommandContext,
): Promise<number> {
  const { allowRef = false, scripts = false } = options;
  const json = options.json ? stream : null;
  const { terminal, cwd } = environment;
  const prepared = await prepare(path, { allowRef, json }, environment);
  if (!prepared.ok) return prepared.error;
  const { plan, warnings } = prepared.value;
  printWarnings(warnings, terminal, json);
  const summary = summarizeScript(plan, cwd);
  const planned = plannedRun(plan, environment, json !== null || scripts);
  if (json) json.write({ type: "planResult", ...summary, ...planned });
  else {
    const lines = [
      ...scriptSummaryLines(summary),
      ...plannedLines(plan, planned, scripts),
    ];
    terminal.out(`${lines.join("\n")}\n`);
  }
  return exitCodes.done.code;
}
