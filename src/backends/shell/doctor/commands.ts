import { checksOf, type Examination, sectionText } from "./section_reader.ts";
import type { Plan } from "../../../model/plan.ts";
import { jobShellOf } from "../../../pipeline/submit.ts";
import type { DoctorCheck } from "../../../model/backend_messages.ts";

const { fine, odd } = checksOf("input");

/** First words of the tasks' commands, where they are plain names or paths. */
export function commandsOf({ tasks }: Plan): readonly string[] {
  const words = tasks.map(({ command }) =>
    /^\s*([\w.+-]+|\/[\w./+-]+)(?=\s|$)/.exec(command)?.[1]
  );
  return [...new Set(words.filter((word) => word !== undefined))];
}

/** The path at which the shell of job scripts finds a name; null: not found. A builtin or a function has its name as path. */
export function programPathOf(
  examination: Examination,
  name: string,
): string | null {
  for (const line of sectionText(examination, "login").split("\n")) {
    const [, found, path] = /^=(\S+) \S+ ?(.*)$/.exec(line) ?? [];
    if (found === name) return path || name;
  }
  return null;
}

export function commandChecks(
  examination: Examination,
): readonly DoctorCheck[] {
  if (sectionText(examination, "bash") === "") return [];
  return commandsOf(examination.plan).map((name) => {
    const place = programPathOf(examination, name);
    if (place !== null) return fine("command", place);
    const { machine } = examination.plan.config;
    return odd(
      "command",
      jobShellOf(machine) === "bash"
        ? `${name}: not found on PATH`
        : `${name}: not found by a plain \`bash -l\` on the remote host`,
      `${
        adviceFor(examination)
      }; prepend_script and compute nodes are not checked either`,
    );
  });
}

function adviceFor({ plan: { config: { resources } } }: Examination): string {
  const { moduleLoad, sources } = resources;
  return moduleLoad.length + sources.length > 0
    ? "module_list and source_list were not applied here and may provide it"
    : "Set an existing command in task_list.command, or provide it with module_list or source_list";
}
