/** `dpdisp run FILE`. */
import type { Command } from "commander";
import { quote, quotePath } from "../../script/quote.ts";
import { executeRun } from "../execute_run.ts";
import { printWarnings } from "../print_errors.ts";
import {
  allowRef,
  type CommandResult,
  file,
  json,
  option,
} from "../arguments.ts";
import { editConfirmation } from "../confirm_edit.ts";
import { prepare } from "../prepare.ts";
import { outsideAccess, outsideAccessLines } from "../outside_access.ts";
import type { CommandContext } from "../command_context.ts";
import type { Commands } from "../summary/run_summary.ts";

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
  readonly yes?: boolean;
  readonly keepFinished?: boolean;
}

const EXAMPLES = `
Examples:
  dpdisp run hello.py                   submit the jobs, wait for them, and
                                        collect the results
  dpdisp run hello.py --exit-on-submit  submit the jobs and exit; the same
                                        command without the flag resumes the run
  ./hello.py                            if its first line is
                                        #!/usr/bin/env -S dpdisp run

The same command resumes an interrupted run and retries failed tasks. Progress
is written to stderr.
`;

export function addRun(
  program: Command,
  context: CommandContext,
  result: CommandResult,
): void {
  program.command("run")
    .summary("run a script and collect its results")
    .description(
      "Runs the tasks that the script metadata lists: stages files, submits jobs, waits for them, and collects the results.",
    )
    .addArgument(file())
    .addOption(allowRef())
    .option("--dry-run", "stage all files, but submit nothing")
    .option(
      "--exit-on-submit",
      "exit once the jobs are submitted; they keep running",
    )
    .addOption(
      json(
        "write every event as a line of JSON on stdout (see: dpdisp schema event)",
      ),
    )
    .option("-q, --quiet", "print only warnings, failures and the summary")
    .option("--no-clean", "keep the remote directory after the run")
    .option(
      "--fail-fast",
      "once a task has failed and has no retries left, cancel all jobs of this run and submit no more; exit code 1",
    )
    .addOption(
      option(
        "--on-interrupt <what>",
        "what Ctrl-C does to the jobs: leave them running, or cancel them",
      ).choices([
        "leave",
        "cancel",
      ]).default("leave"),
    )
    .option(
      "--reuse",
      "reuse results of an earlier, finished run where nothing has changed",
    )
    .option(
      "-y, --yes",
      "after an edit, do not ask before finished tasks run again and active jobs are cancelled",
    )
    .option(
      "--keep-finished",
      "after an edit, keep the results of the old version: its finished tasks count as done",
    )
    .option("--forget", "treat jobs that cannot be reached as lost")
    .addHelpText("after", EXAMPLES)
    .action(async (path: string, options: Options) => {
      result.code = await run(path, options, context);
    });
}

async function run(
  path: string,
  options: Options,
  context: CommandContext,
): Promise<number> {
  const { quiet = false, allowRef = false } = options;
  const json = options.json ? context.json : null;
  const { environment } = context;
  const prepared = await prepare(
    path,
    { allowRef, json, toRun: true },
    environment,
  );
  if (!prepared.ok) return prepared.error;
  const { plan, warnings, saveHashes } = prepared.value;
  saveHashes();
  printWarnings(warnings, environment.terminal, json);
  if (!json && !quiet) {
    const lines = outsideAccessLines(outsideAccess(plan, environment));
    environment.terminal.err(lines.map((line) => `${line}\n`).join(""));
  }
  const runOptions = {
    dryRun: options.dryRun ?? false,
    exitOnSubmit: options.exitOnSubmit ?? false,
    failFast: options.failFast ?? false,
    keepRemoteDir: !options.clean,
    cancel: false,
    reuse: options.reuse ?? false,
    forget: options.forget ?? false,
    cancelOnInterrupt: options.onInterrupt === "cancel",
    keepFinished: options.keepFinished ?? false,
    confirmEdit: editConfirmation({
      isConfirmed: options.yes ?? false,
      isQuiet: quiet,
      isJson: json !== null,
      terminal: environment.terminal,
    }),
  };
  const commands = commandsFor(path, allowRef, sameCommand(context.args));
  const terminal = { ...environment.terminal, isQuiet: quiet };
  return await executeRun(
    { plan, options: runOptions, commands, json, quiet },
    {
      ...context,
      environment: { ...environment, terminal },
    },
  );
}

/**
 * Command lines for the user to copy.
 * @param resume the command that resumes the run, where it needs more than the script's name
 */
export function commandsFor(
  path: string,
  allowRef: boolean,
  resume?: string,
): Commands {
  const operands = `${quotePath(path)}${allowRef ? " --allow-ref" : ""}`;
  return {
    resume: resume ?? `dpdisp run ${operands}`,
    cancel: `dpdisp cancel ${operands}`,
  };
}

/** Flags that hold for one command only, and are not repeated when the run is resumed. */
const ONE_TIME_FLAGS = [
  "--dry-run",
  "--exit-on-submit",
  "--forget",
  "--yes",
  "-y",
  "--keep-finished",
];

function sameCommand(args: readonly string[]): string {
  return ["dpdisp", ...args.filter((arg) => !ONE_TIME_FLAGS.includes(arg))].map(
    quote,
  ).join(" ");
}
