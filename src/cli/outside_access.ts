/** The inputs of a plan that are outside the work base, and the commands that it runs locally. */
import type { Config } from "../model/config.ts";
import { outsideInputs } from "../pipeline/plan/outside_inputs.ts";
import { filesAt } from "../schema/backend_kinds.ts";
import type { Fields } from "../schema/field.ts";
import { commands } from "../schema/machine.ts";
import { profiles } from "../schema/profiles/mod.ts";
import type { Secret } from "../schema/secret.ts";
import { resolve } from "../text/path.ts";
import type { Environment } from "../environment/environment.ts";
import type { LocalCommand, OutsideAccess } from "./json_lines.ts";
import type { Plan } from "../model/plan.ts";

export function outsideAccess(
  plan: Plan,
  { files, cwd }: Pick<Environment, "files" | "cwd">,
): OutsideAccess {
  const template = plan.config.resources.strategy.headerTemplate;
  const config = template === null ? [] : [{
    localPath: resolve(cwd, template),
    remotePath: template,
    isDirectory: false,
    bytes: 0,
  }];
  const commonInputs = [...config, ...plan.commonInputs];
  return {
    outsideInputs: outsideInputs({ ...plan, commonInputs }, files),
    localCommands: localCommands(plan.config),
  };
}

/** Commands that run on this computer, other than the tasks themselves. */
function localCommands({ machine }: Config): readonly LocalCommand[] {
  const { context, profile } = machine;
  const isLocal = filesAt(context) !== "elsewhere";
  return [
    ...entriesOf(profiles[context], profile).flatMap(([key, value]) => {
      const command = commandIn(key, value);
      const field = `machine.remote_profile.${key}`;
      return command === null ? [] : [{ field, command }];
    }),
    ...entriesOf(isLocal ? commands : {}, machine.commands).flatMap((
      [key, command],
    ) =>
      typeof command === "string"
        ? [{ field: `machine.commands.${key}`, command }]
        : []
    ),
  ];
}

/** The values of a table by the keys of the input. */
function entriesOf(
  fields: Fields,
  values: object,
): readonly (readonly [key: string, value: unknown])[] {
  const byName = new Map<string, unknown>(Object.entries(values));
  return Object.entries(fields).map(([key, { configName }]) =>
    [key, byName.get(configName ?? "")] as const
  );
}

function commandIn(key: string, value: unknown): string | null {
  if (typeof value === "string") {
    const isCommand = key === "proxy_command" && value.toLowerCase() !== "none";
    return isCommand ? value : null;
  }
  const secret = value as Secret | null | undefined;
  return secret?.from === "cmd" ? secret.command : null;
}

/** So many are shown at most. */
const MOST_SHOWN = 20;

/** No line where the plan has neither. */
export function outsideAccessLines(
  { outsideInputs, localCommands }: OutsideAccess,
): readonly string[] {
  const inputs = outsideInputs.map(({ input, path }) => `${input} -> ${path}`);
  const lines = localCommands.map(({ field, command }) =>
    `${field}  ${command}`
  );
  return [
    ...listed("Inputs from outside the work base:", inputs),
    ...listed("Commands that run on this computer:", lines),
  ];
}

function listed(title: string, lines: readonly string[]): readonly string[] {
  if (lines.length === 0) return [];
  const rest = lines.length - MOST_SHOWN;
  return [
    title,
    ...lines.slice(0, MOST_SHOWN).map((line) => `  ${oneLine(line)}`),
    ...(rest > 0
      ? [`  and ${rest} more; dpdisp plan --json lists them all`]
      : []),
  ];
}

/** Text from a script is shown as it is, and cannot hide or forge a line. */
export function oneLine(text: string): string {
  return text.replaceAll("\n", "\\n").replaceAll("\t", "\\t");
}
