/** `dpdisp schema NAME`. */
import { Argument, type Command } from "commander";
import { exitCodes } from "../exit_codes.ts";
import type { CommandResult } from "../arguments.ts";
import type { CommandContext } from "../command_context.ts";

/** Imports spelled out: a compiled program sees no computed ones. */
const schemas = {
  script: () =>
    import("../../../schemas/script.json", { with: { type: "json" } }),
  event: () =>
    import("../../../schemas/event.json", { with: { type: "json" } }),
} as const;

const EXAMPLES = `
Examples:
  dpdisp schema script   what may stand in a script's metadata block
  dpdisp schema event    the lines that --json writes
`;

export function addSchema(
  program: Command,
  { world: { terminal } }: CommandContext,
  answer: CommandResult,
): void {
  program.command("schema")
    .summary("print a JSON Schema")
    .description(
      "Prints a JSON Schema, for editors and for programs that read --json.",
    )
    .addArgument(
      new Argument("<NAME>", "which one").choices(Object.keys(schemas)),
    )
    .addHelpText("after", EXAMPLES)
    .action(async (name: keyof typeof schemas) => {
      const { default: schema } = await schemas[name]();
      terminal.out(`${JSON.stringify(schema, null, 2)}\n`);
      answer.code = exitCodes.done.code;
    });
}
