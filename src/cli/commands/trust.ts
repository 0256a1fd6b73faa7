/** `dpdisp trust FILE`. */
import type { Command } from "commander";
import { fail, type Failure, ok, type Result } from "../../text/result.ts";
import { resolve } from "../../text/path.ts";
import { exitCodes } from "../../model/exit_codes.ts";
import { printFailure } from "../print_errors.ts";
import { prepareTrusted } from "../prepare.ts";
import { type CommandResult, file } from "../arguments.ts";
import { outsideAccess } from "../outside_access.ts";
import type { CommandContext } from "../command_context.ts";
import { askTrust, keepTrust, trustLines, trustName } from "../ask_trust.ts";

interface Options {
  readonly yes?: boolean;
  readonly revoke?: boolean;
}

const EXAMPLES = `
Examples:
  dpdisp trust hello.py            show what it would read and run, and ask
  dpdisp trust hello.py --yes      trust it without a question
  dpdisp trust hello.py --revoke   stop trusting it

A script needs trust for $ref, for \${env:…}, \${file:…} and \${cmd:…} in a secret
field, and for a header template outside the work base that only you may read.
Trust holds until the metadata, or a file that $ref names, changes.
`;

export function addTrust(
  program: Command,
  context: CommandContext,
  result: CommandResult,
): void {
  program.command("trust")
    .summary("allow a script to read secrets and other files")
    .description(
      "Shows what a script would read and run on this computer and where it could send that, and asks whether to allow it.",
    )
    .addArgument(file())
    .option("--yes", "do not ask")
    .option(
      "--revoke",
      "remove all trust in the script, whatever its metadata is now",
    )
    .addHelpText("after", EXAMPLES)
    .action(async (path: string, options: Options) => {
      const outcome = options.revoke
        ? revoke(path, context)
        : await trust(path, options, context);
      result.code = outcome.ok
        ? outcome.value
        : printFailure(outcome.error, context.environment.terminal, null);
    });
}

async function trust(
  path: string,
  { yes = false }: Options,
  { environment }: CommandContext,
): Promise<Result<number>> {
  const { terminal } = environment;
  const prepared = await prepareTrusted(path, environment);
  if (!prepared.ok) return ok(prepared.error);
  const { plan, needs, metadata } = prepared.value;
  const script = plan.config.script.path;
  if (needs.length === 0) {
    terminal.out(`${path} does not need trust\n`);
    return ok(exitCodes.done.code);
  }
  const lines = trustLines(
    needs,
    plan.config,
    outsideAccess(plan, environment),
  );
  if (!yes && terminal.columns() === null) {
    terminal.err(`${lines.join("\n")}\n`);
    return fail(noTerminal(path));
  }
  if (yes) terminal.err(`${lines.join("\n")}\n`);
  else if (!await askTrust(lines, environment)) {
    terminal.err(`${path} is not trusted\n`);
    return ok(exitCodes.usage.code);
  }
  const kept = keepTrust({ script, metadata, needs }, environment);
  if (!kept.ok) return kept;
  terminal.out(`${path} is trusted until its metadata changes\n`);
  return ok(exitCodes.done.code);
}

function noTerminal(path: string): Failure {
  return {
    kind: "usage",
    summary: `Cannot ask whether to trust ${JSON.stringify(path)}`,
    detail: "there is no terminal",
    hint: "Read the list above, then repeat the command with --yes",
    isRetryable: false,
  };
}

function revoke(path: string, { environment }: CommandContext): Result<number> {
  const { terminal, cwd, trustStore } = environment;
  const wasTrusted = trustStore.forget(trustName(resolve(cwd, path))) > 0;
  terminal.out(
    wasTrusted ? `${path} is no longer trusted\n` : `${path} was not trusted\n`,
  );
  return ok(exitCodes.done.code);
}
