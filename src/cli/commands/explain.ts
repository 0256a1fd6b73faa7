/** `dpdisp explain NAME`. */
import type { Command } from "commander";
import { exitCodes } from "../../model/exit_codes.ts";
import type { CommandResult } from "../arguments.ts";
import type { CommandContext } from "../command_context.ts";

const EXAMPLES = `
Examples:
  dpdisp explain group_size           a field by its key
  dpdisp explain resources.strategy   a field by its path
  dpdisp explain Slurm                a batch type or context
`;

export function addExplain(
  program: Command,
  { environment: { terminal } }: CommandContext,
  result: CommandResult,
): void {
  program.command("explain")
    .summary("describe a field of the script metadata")
    .description(
      "Describes a field, batch type or context of the script metadata.",
    )
    .argument(
      "<NAME>",
      "key or path of a field, a batch_type or a context_type",
    )
    .addHelpText("after", EXAMPLES)
    .action(async (name: string) => {
      const { explain } = await import("../../schema/explain.ts");
      const text = explain(name);
      if (text.ok) terminal.out(text.value);
      else terminal.err(`error: ${text.error}\n`);
      result.code = (text.ok ? exitCodes.done : exitCodes.usage).code;
    });
}
