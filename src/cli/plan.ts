/** `dpdisp plan FILE`. */
import type { Command } from "commander";
import { exitCodes } from "./exit_code.ts";
import { tellWarnings } from "./fail.ts";
import { writeLine } from "./notice.ts";
import { plannedLines, plannedWork } from "./planned_work.ts";
import { prepare } from "./prepare.ts";
import { allowRef, type Answer, file, json } from "./program_parts.ts";
import type { Setting } from "./setting.ts";
import { summaryLines, summaryOf } from "./summary.ts";

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
  setting: Setting,
  answer: Answer,
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
  { world }: Setting,
): Promise<number> {
  const { allowRef = false, json = false, scripts = false } = options;
  const { screen, cwd } = world;
  const prepared = await prepare(path, { allowRef, json }, world);
  if (!prepared.ok) return prepared.error;
  const { plan, warnings } = prepared.value;
  tellWarnings(warnings, screen, json);
  const summary = summaryOf(plan, cwd);
  const work = plannedWork(plan, world, json || scripts);
  if (json) writeLine(screen, { type: "planned", ...summary, ...work });
  else {screen.out(
      `${
        [...summaryLines(summary), ...plannedLines(work, scripts)].join("\n")
      }\n`,
    );}
  return exitCodes.done.code;
}
