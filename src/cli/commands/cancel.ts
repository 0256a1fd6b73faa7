/** `dpdisp cancel FILE`. */
import type { Command } from "commander";
import { executeRun } from "../execute_run.ts";
import { prepare } from "../prepare.ts";
import { allowRef, type CommandResult, file, json } from "../arguments.ts";
import { commandsFor } from "./run.ts";
import type { CommandContext } from "../command_context.ts";

interface Options {
  readonly allowRef?: boolean;
  readonly json?: boolean;
}

const EXAMPLES = `
Example:
  dpdisp cancel hello.py   cancel the jobs that "dpdisp run hello.py" submitted

Results of finished tasks are kept. "dpdisp run hello.py" runs the remaining
tasks.
`;

export function addCancel(
  program: Command,
  context: CommandContext,
  result: CommandResult,
): void {
  program.command("cancel")
    .summary("cancel the active jobs of a script")
    .description(
      "Cancels all queued and running jobs that a run of this script submitted.",
    )
    .addArgument(file())
    .addOption(allowRef())
    .addOption(json("write every event as a line of JSON on stdout"))
    .addHelpText("after", EXAMPLES)
    .action(async (path: string, options: Options) => {
      result.code = await cancel(path, options, context);
    });
}

async function cancel(
  path: string,
  options: Options,
  context: CommandContext,
): Promise<number> {
  const { allowRef = false } = options;
  const json = options.json ? context.json : null;
  const prepared = await prepare(
    path,
    { allowRef, json, toRun: true, allowMissingInputs: true },
    context.environment,
  );
  if (!prepared.ok) return prepared.error;
  const { plan } = prepared.value;
  const commands = commandsFor(path, allowRef);
  return await executeRun({
    plan,
    options: cancelOptions,
    commands,
    json,
    quiet: false,
  }, context);
}

const cancelOptions = {
  cancel: true,
  dryRun: false,
  exitOnSubmit: false,
  failFast: false,
  keepRemoteDir: true,
  reuse: false,
  forget: false,
  cancelOnInterrupt: false,
  keepFinished: false,
  confirmEdit: () => Promise.resolve(null),
} as const;
