/** What a plan takes from outside the work base, and what it runs on this machine. */
import type { Config } from "../model/config.ts";
import { outsideInputs } from "../pipeline/plan/outside_inputs.ts";
import { filesAt } from "../schema/backend_kinds.ts";
import type { Fields } from "../schema/field.ts";
import { commands } from "../schema/machine.ts";
import { profiles } from "../schema/profiles/mod.ts";
import type { Secret } from "../schema/secret.ts";
import { resolve } from "../text/path.ts";
import type { Environment } from "../environment/environment.ts";
import type { LocalCommand, Reach } from "./json_lines.ts";
import type { Plan } from "../model/plan.ts";

export function outsideAccess(
  plan: Plan,
  { files, cwd }: Pick<Environment, "files" | "cwd">,
): Reach {
  const template = plan.config.resources.strategy.headerTemplate;
  const config = template === null ? [] : [{
    localPath: resolve(cwd, template),
    remotePath: template,
    isDirectory: false,
    bytes: 0,
  }];
  const commonInputs = [...config, ...plan.commonInputs];
  return {
    outside: outsideInputs({ ...plan, commonInputs }, files),
    commands: localCommands(plan.config),
  };
}

/** What the script has run on this machine, beside the tasks themselves. */
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

/** Values of a table under the input's keys. */
function entriesOf(
  fields: Fields,
  values: object,
): readonly (readonly [key: string, value: unknown])[] {
  const held = new Map<string, unknown>(Object.entries(values));
  return Object.entries(fields).map(([key, { configName }]) =>
    [key, held.get(configName ?? "")] as const
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

/** Shown of many. */
const MOST = 20;

/** Nothing where a plan stays in its place. */
export function outsideAccessLines(
  { outside, commands }: Reach,
): readonly string[] {
  const inputs = outside.map(({ input, path }) => `${input} -> ${path}`);
  const lines = commands.map(({ field, command }) => `${field}  ${command}`);
  return [
    ...listed("Inputs from outside the work base:", inputs),
    ...listed("Commands that run on this machine:", lines),
  ];
}

function listed(title: string, lines: readonly string[]): readonly string[] {
  if (lines.length === 0) return [];
  const rest = lines.length - MOST;
  return [
    title,
    ...lines.slice(0, MOST).map((line) => `  ${oneLine(line)}`),
    ...(rest > 0
      ? [`  and ${rest} more; dpdisp plan --json has them all`]
      : []),
  ];
}

/** What a script names is shown as it is, and can neither hide nor forge a line. */
export function oneLine(words: string): string {
  return words.replaceAll("\n", "\\n").replaceAll("\t", "\\t");
}
