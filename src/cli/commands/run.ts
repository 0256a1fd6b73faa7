/** `dpdisp run FILE`. */
import type { Command } from "commander";
import { quote, quotePath } from "../../script/quote.ts";
import { executeRun } from "../execute_run.ts";
import { printWarnings } from "../print_errors.ts";
import { type Notice, writeLine } from "../json_lines.ts";
import {
  allowRef,
  type CommandResult,
  file,
  json,
  option,
} from "../arguments.ts";
import { prepare } from "../prepare.ts";
import { outsideAccess, outsideAccessLines } from "../outside_access.ts";
import type { CommandContext } from "../command_context.ts";
import type { Plan } from "../../model/plan.ts";
import type { Commands } from "../summary/context.ts";

interface Options {
  readonly allowRef?: boolean;
  readonly dryRun?: boolean;
  readonly exitOnSubmit?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly clean: boolean;
  readonly failFast?: boolean;
  readonly onInterrupt: "leave" | "cancel";
  readonly reuse?: boolean;
  readonly forget?: boolean;
}

const EXAMPLES = `
Examples:
  dpdisp run hello.py                  run it, follow it, bring its results home
  dpdisp run hello.py --exit-on-submit hand the jobs over and leave; the same
                                       command without the flag goes on
  ./hello.py                           where its first line is
                                       #!/usr/bin/env -S dpdisp run

The same command again goes on where an interrupted run stopped, and tries
failed tasks again. Progress goes to stderr.
`;

export function addRun(
  program: Command,
  setting: CommandContext,
  answer: CommandResult,
): void {
  program.command("run")
    .summary("run a script as its job description says")
    .description(
      "Runs the tasks that a script's job description lists: stages, submits, follows, brings results home.",
    )
    .addArgument(file())
    .addOption(allowRef())
    .option("--dry-run", "stage everything, submit nothing")
    .option("--exit-on-submit", "leave once the jobs are handed over")
    .addOption(
      json(
        "write every event as a line of JSON on stdout (dpdisp schema event)",
      ),
    )
    .option("-q, --quiet", "tell failures and how it ended, nothing else")
    .option("--no-clean", "leave the folder on the execution side in place")
    .option(
      "--fail-fast",
      "once a task has failed for good (its retries are spent), cancel every job of this run that waits or runs and submit no more; exit code 1",
    )
    .addOption(
      option("--on-interrupt <what>", "what Ctrl-C does to the jobs").choices([
        "leave",
        "cancel",
      ]).default("leave"),
    )
    .option(
      "--reuse",
      "keep results of an earlier, finished run that are still right",
    )
    .option("--forget", "take jobs that nobody can ask about for gone")
    .addHelpText("after", EXAMPLES)
    .action(async (path: string, options: Options) => {
      answer.code = await run(path, options, setting);
    });
}

async function run(
  path: string,
  options: Options,
  setting: CommandContext,
): Promise<number> {
  const { json = false, quiet = false, allowRef = false } = options;
  const { world } = setting;
  const prepared = await prepare(
    path,
    { allowRef, json, toRun: true },
    world,
  );
  if (!prepared.ok) return prepared.error;
  const { plan, warnings, remember } = prepared.value;
  remember();
  if (json) writeLine(world.terminal, tasksLine(plan));
  printWarnings(warnings, world.terminal, json);
  if (!json && !quiet) {
    const lines = outsideAccessLines(outsideAccess(plan, world));
    world.terminal.err(lines.map((line) => `${line}\n`).join(""));
  }
  const wishes = {
    dryRun: options.dryRun ?? false,
    exitOnSubmit: options.exitOnSubmit ?? false,
    failFast: options.failFast ?? false,
    keepRemoteDir: !options.clean,
    cancel: false,
    reuse: options.reuse ?? false,
    forget: options.forget ?? false,
    cancelOnInterrupt: options.onInterrupt === "cancel",
  };
  const commands = commandsFor(path, allowRef, sameAgain(setting.args));
  const screen = { ...world.terminal, isQuiet: quiet };
  return await executeRun({ plan, wishes, commands, json, quiet }, {
    ...setting,
    world: { ...world, terminal: screen },
  });
}

function tasksLine({ tasks }: Plan): Notice {
  return {
    type: "tasks",
    tasks: tasks.map(({ key, dir, command }) => ({
      task: key,
      folder: dir,
      command,
    })),
  };
}

/** What to type next about a script; `again` where another command line than the plainest goes on with it. */
export function commandsFor(
  path: string,
  allowRef: boolean,
  again?: string,
): Commands {
  const words = `${quotePath(path)}${allowRef ? " --allow-ref" : ""}`;
  return {
    resume: again ?? `dpdisp run ${words}`,
    cancel: `dpdisp cancel ${words}`,
  };
}

/** Flags that say how this time was to end; the next is to go on. */
const ENDING_FLAGS = ["--dry-run", "--exit-on-submit", "--forget"];

function sameAgain(args: readonly string[]): string {
  return ["dpdisp", ...args.filter((arg) => !ENDING_FLAGS.includes(arg))].map(
    quote,
  ).join(" ");
}
