/** The user's own scheduler header: read and filled in. */
import { locationAt, type TableNode } from "../parse/node.ts";
import { resources } from "../../schema/resources.ts";
import { fillTemplate } from "../../text/python_format.ts";
import { parent, resolve } from "../../text/path.ts";
import { pythonFlag } from "../../text/python_repr.ts";
import type { Files } from "../../environment/environment.ts";
import { addError } from "./diagnostics.ts";
import { mayDo, type Trust } from "./trust_needs.ts";
import { isPrivateElsewhere } from "./private_file.ts";
import { readSmall, textOf } from "./read_small.ts";
import { quoteForMessage } from "./format_value.ts";
import type { PartialConfig } from "./partial_config.ts";

export interface Surroundings {
  readonly files: Files;
  /** Absolute; a template's relative path is from there. */
  readonly cwd: string;
  readonly home: string | undefined;
  readonly trust: Trust;
}

const KEY = "customized_script_header_template_file";

/** The filled header, or null where none is asked for or after a error. */
export function readHeader(
  { resources: draft, machine, workBase }: PartialConfig,
  table: TableNode,
  { files, cwd, home, trust }: Surroundings,
): string | null {
  const file = draft?.strategy?.headerTemplate ?? null;
  if (file === null) return null;
  const { findings } = trust;
  const place = locationAt(table, ["resources", "strategy", KEY]);
  const path = resolve(cwd, file);
  const base = resolve(
    resolve(cwd, machine?.localRoot ?? "."),
    workBase ?? ".",
  );
  const chosen = [cwd, parent(resolve(cwd, trust.script))];
  if (isPrivateElsewhere(path, { files, base, home, chosen })) {
    const does = `puts the private file ${path} into job scripts`;
    const need = { place, field: KEY, does, digest: null };
    if (!mayDo(trust, need)) return null;
  }
  const bytes = readSmall(path, files);
  if (!bytes.ok) {
    addError(
      findings,
      place,
      `the header template ${
        quoteForMessage(file)
      } ${bytes.error}; it is looked for from the current folder`,
    );
    return null;
  }
  const text = textOf(file, bytes.value, findings);
  if (text === null) return null;
  const filled = fillTemplate(text, templateFields(draft));
  if (filled.ok) return filled.value;
  const { line, column, message } = filled.error;
  addError(findings, { file, line, column }, message);
  return null;
}

/** Fields of `resources` that have one value, under the input's names, as Python prints them. */
export function templateFields(
  draft: PartialConfig["resources"],
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(resources).flatMap(([key, { configName: as }]) => {
      const value = as === null
        ? undefined
        : (draft as Readonly<Record<string, unknown>> | undefined)?.[as];
      if (typeof value === "boolean") return [[key, pythonFlag(value)]];
      return typeof value === "string" || typeof value === "number"
        ? [[key, String(value)]]
        : [];
    }),
  );
}
