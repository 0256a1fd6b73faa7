/** `dpdisp trust FILE`. */
import type { Command } from "commander";
import { fail, type Failure, ok, type Result } from "../../text/result.ts";
import { resolve } from "../../text/path.ts";
import { exitCodes } from "../exit_codes.ts";
import { printFailure } from "../print_errors.ts";
import { prepareTrusted } from "../prepare.ts";
import { type CommandResult, file } from "../arguments.ts";
import { outsideAccess } from "../outside_access.ts";
import type { CommandContext } from "../command_context.ts";
import { askTrust, keepTrust, trustLines } from "../ask_trust.ts";

interface Options {
  readonly yes?: boolean;
  readonly revoke?: boolean;
}

const EXAMPLES = `
Examples:
  dpdisp trust hello.py            show what it would read, run and send, and ask
  dpdisp trust hello.py --yes      trust it without being asked
  dpdisp trust hello.py --revoke   trust it no more

A script needs trust for $ref, for \${env:…}, \${file:…} and \${cmd:…} in a secret
field, and for a header template outside the work base that only you may read.
Trust holds until the metadata, or a file that $ref names, changes.
`;

export function addTrust(
  program: Command,
  setting: CommandContext,
  answer: CommandResult,
): void {
  program.command("trust")
    .summary("let a script read your secrets and other files")
    .description(
      "Shows what a script would read and run on this machine and where it may send that, and asks whether it may.",
    )
    .addArgument(file())
    .option("--yes", "do not ask")
    .option(
      "--revoke",
      "take trust back, whatever the script's metadata is now",
    )
    .addHelpText("after", EXAMPLES)
    .action(async (path: string, options: Options) => {
      const done = options.revoke
        ? revoke(path, setting)
        : await trust(path, options, setting);
      answer.code = done.ok
        ? done.value
        : printFailure(done.error, setting.world.terminal, false);
    });
}

async function trust(
  path: string,
  { yes = false }: Options,
  { world }: CommandContext,
): Promise<Result<number>> {
  const { terminal } = world;
  const prepared = await prepareTrusted(path, world);
  if (!prepared.ok) return ok(prepared.error);
  const { plan, needs, metadata } = prepared.value;
  const script = plan.config.script.path;
  if (needs.length === 0) {
    terminal.out(`${path} needs no trust: nothing in it asks for any\n`);
    return ok(exitCodes.done.code);
  }
  const lines = trustLines(needs, plan.config, outsideAccess(plan, world));
  if (!yes && terminal.columns() === null) {
    terminal.err(`${lines.join("\n")}\n`);
    return fail(nobody(path));
  }
  if (yes) terminal.err(`${lines.join("\n")}\n`);
  else if (!await askTrust(lines, world)) {
    terminal.err(`${path} is not trusted\n`);
    return ok(exitCodes.usage.code);
  }
  const kept = keepTrust({ script, metadata, needs }, world);
  if (!kept.ok) return kept;
  terminal.out(`${path} is trusted until its metadata changes\n`);
  return ok(exitCodes.done.code);
}

function nobody(path: string): Failure {
  return {
    kind: "usage",
    summary: `Cannot ask whether to trust ${JSON.stringify(path)}`,
    detail: "there is no terminal",
    hint: "Look at the list above, then repeat the command with --yes",
    isRetryable: false,
  };
}

function revoke(path: string, { world }: CommandContext): Result<number> {
  const { terminal, cwd, trustStore } = world;
  const isForgotten = trustStore.forget(resolve(cwd, path)) > 0;
  terminal.out(
    isForgotten
      ? `${path} is not trusted any more\n`
      : `${path} was not trusted\n`,
  );
  return ok(exitCodes.done.code);
}
