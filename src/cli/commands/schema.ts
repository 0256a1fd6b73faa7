/** `dpdisp schema NAME`. */
import { Argument, type Command } from "commander";
import { exitCodes } from "../../model/exit_codes.ts";
import type { CommandResult } from "../arguments.ts";
import type { CommandContext } from "../command_context.ts";

/** The imports are literal, because a compiled program cannot contain computed ones. */
const schemas = {
  script: () =>
    import("../../../schemas/script.json", { with: { type: "json" } }),
  event: () =>
    import("../../../schemas/event.json", { with: { type: "json" } }),
} as const;

const EXAMPLES = `
Examples:
  dpdisp schema script   the fields of the script metadata
  dpdisp schema event    the lines that --json writes
`;

export function addSchema(
  program: Command,
  { environment: { terminal } }: CommandContext,
  result: CommandResult,
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
      result.code = exitCodes.done.code;
    });
}
