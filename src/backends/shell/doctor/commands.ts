import { checksOf, type Examination, textOf } from "./section_reader.ts";
import type { Plan } from "../../../model/plan.ts";
import type { DoctorCheck } from "../../../model/backend_messages.ts";

const { fine, odd } = checksOf("input");

/** First words of the tasks' commands, where they are plain names that a PATH decides about. */
export function commandsOf({ tasks }: Plan): readonly string[] {
  const words = tasks.map(({ command }) =>
    /^\s*([\w.+-]+|\/[\w./+-]+)(?=\s|$)/.exec(command)?.[1]
  );
  return [...new Set(words.filter((word) => word !== undefined))];
}

/** Where a login shell finds a name; null: nowhere. A builtin or a function is where it is called. */
export function placeOf(one: Examination, name: string): string | null {
  for (const line of textOf(one, "login").split("\n")) {
    const [, found, path] = /^=(\S+) \S+ ?(.*)$/.exec(line) ?? [];
    if (found === name) return path || name;
  }
  return null;
}

export function commandChecks(one: Examination): readonly DoctorCheck[] {
  if (textOf(one, "bash") === "") return [];
  return commandsOf(one.plan).map((name) => {
    const place = placeOf(one, name);
    if (place !== null) return fine("command", place);
    return odd(
      "command",
      `a plain \`bash -l\` there does not find ${name}`,
      `${
        adviceFor(one)
      }; prepend_script and compute nodes are not looked at either`,
    );
  });
}

function adviceFor({ plan: { config: { resources } } }: Examination): string {
  const { moduleLoad, sources } = resources;
  return moduleLoad.length + sources.length > 0
    ? "module_list and source_list were not applied here and may bring it"
    : "Name one that is there in task_list.command, or have module_list or source_list bring it";
}
