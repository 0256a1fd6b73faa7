/** `dpdisp plan FILE`. */
import type { Command } from "commander";
import { exitCodes } from "../exit_codes.ts";
import { printWarnings } from "../print_errors.ts";
import { writeLine } from "../json_lines.ts";
import {
  plannedLines,
  plannedWork,
  summaryLines,
  summaryOf,
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
  dpdisp plan hello.py             tasks, jobs, and the first job's script
  dpdisp plan hello.py --scripts   every job's script

Nothing is sent anywhere and nothing is written.
`;

export function addPlan(
  program: Command,
  setting: CommandContext,
  answer: CommandResult,
): void {
  program.command("plan")
    .summary("show what run would do, and do nothing")
    .description("Shows tasks, jobs, job scripts, and what would be staged.")
    .addArgument(file())
    .addOption(allowRef())
    .addOption(json("answer with lines of JSON, every job's script among them"))
    .option("--scripts", "show every job's script, not only the first")
    .addHelpText("after", EXAMPLES)
    .action(async (path: string, options: Options) => {
      answer.code = await showPlan(path, options, setting);
    });
}

async function showPlan(
  path: string,
  options: Options,
  { world }: CommandContext,
): Promise<number> {
  const { allowRef = false, json = false, scripts = false } = options;
  const { terminal, cwd } = world;
  const prepared = await prepare(path, { allowRef, json }, world);
  if (!prepared.ok) return prepared.error;
  const { plan, warnings } = prepared.value;
  printWarnings(warnings, terminal, json);
  const summary = summaryOf(plan, cwd);
  const work = plannedWork(plan, world, json || scripts);
  if (json) writeLine(terminal, { type: "planResult", ...summary, ...work });
  else {terminal.out(
      `${
        [...summaryLines(summary), ...plannedLines(work, scripts)].join("\n")
      }\n`,
    );}
  return exitCodes.done.code;
}
