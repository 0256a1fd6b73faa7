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
  dpdisp cancel hello.py   cancel the jobs that "dpdisp run hello.py" handed over

Tasks that were done stay done: "dpdisp run hello.py" runs what is left.
`;

export function addCancel(
  program: Command,
  setting: CommandContext,
  answer: CommandResult,
): void {
  program.command("cancel")
    .summary("cancel the living jobs of a script")
    .description(
      "Cancels the jobs that a run of this script handed over and that still live.",
    )
    .addArgument(file())
    .addOption(allowRef())
    .addOption(json("write every event as a line of JSON on stdout"))
    .addHelpText("after", EXAMPLES)
    .action(async (path: string, options: Options) => {
      answer.code = await cancel(path, options, setting);
    });
}

async function cancel(
  path: string,
  { allowRef = false, json = false }: Options,
  setting: CommandContext,
): Promise<number> {
  const prepared = await prepare(
    path,
    { allowRef, json, toRun: true, orOnlyJobs: true },
    setting.world,
  );
  if (!prepared.ok) return prepared.error;
  const { plan } = prepared.value;
  const commands = commandsFor(path, allowRef);
  return await executeRun({
    plan,
    wishes: onlyCancel,
    commands,
    json,
    quiet: false,
  }, setting);
}

const onlyCancel = {
  cancel: true,
  dryRun: false,
  exitOnSubmit: false,
  failFast: false,
  keepRemoteDir: true,
  reuse: false,
  forget: false,
  cancelOnInterrupt: false,
} as const;
