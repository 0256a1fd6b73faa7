/** `dpdisp trust FILE`. */
import type { Command } from "commander";
import { fail, type Failure, ok, type Result } from "../../text/result.ts";
import { resolve } from "../../text/path.ts";
import { exitCodes } from "../exit_codes.ts";
import { tellFailure } from "../print_errors.ts";
import { prepareTrusted } from "../prepare.ts";
import { type Answer, file } from "../arguments.ts";
import { reachOf } from "../outside_access.ts";
import type { Setting } from "../command_context.ts";
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
  setting: Setting,
  answer: Answer,
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
        : tellFailure(done.error, setting.world.screen, false);
    });
}

async function trust(
  path: string,
  { yes = false }: Options,
  { world }: Setting,
): Promise<Result<number>> {
  const { screen } = world;
  const prepared = await prepareTrusted(path, world);
  if (!prepared.ok) return ok(prepared.error);
  const { plan, needs, metadata } = prepared.value;
  const script = plan.config.script.path;
  if (needs.length === 0) {
    screen.out(`${path} needs no trust: nothing in it asks for any\n`);
    return ok(exitCodes.done.code);
  }
  const lines = trustLines(needs, plan.config, reachOf(plan, world));
  if (!yes && screen.columns() === null) {
    screen.err(`${lines.join("\n")}\n`);
    return fail(nobody(path));
  }
  if (yes) screen.err(`${lines.join("\n")}\n`);
  else if (!await askTrust(lines, world)) {
    screen.err(`${path} is not trusted\n`);
    return ok(exitCodes.usage.code);
  }
  const kept = keepTrust({ script, metadata, needs }, world);
  if (!kept.ok) return kept;
  screen.out(`${path} is trusted until its metadata changes\n`);
  return ok(exitCodes.done.code);
}

function nobody(path: string): Failure {
  return {
    kind: "usage",
    tried: `Cannot ask whether to trust ${JSON.stringify(path)}`,
    saw: "there is no terminal",
    advice: "Look at the list above, then repeat the command with --yes",
    again: false,
  };
}

function revoke(path: string, { world }: Setting): Result<number> {
  const { screen, cwd, trusted } = world;
  const isForgotten = trusted.forget(resolve(cwd, path)) > 0;
  screen.out(
    isForgotten
      ? `${path} is not trusted any more\n`
      : `${path} was not trusted\n`,
  );
  return ok(exitCodes.done.code);
}
