/** The user's own scheduler header: read and filled in. */
import { locationAt, type TableNode } from "../parse/node.ts";
import { fillTemplate } from "../../text/python_format.ts";
import { parent, resolve } from "../../text/path.ts";
import type { Files } from "../../environment/environment.ts";
import { templateFields } from "./template_fields.ts";
import { addError } from "./diagnostics.ts";
import { mayDo, type Trust } from "./trust_needs.ts";
import { isPrivateElsewhere } from "./private_file.ts";
import { decodeSmallFile, readSmall } from "./read_small.ts";
import { quoteForMessage } from "./format_value.ts";
import type { PartialConfig } from "./partial_config.ts";

export interface HeaderContext {
  readonly files: Files;
  /** Absolute; the path of a template is relative to it. */
  readonly cwd: string;
  readonly home: string | undefined;
  readonly trust: Trust;
}

const KEY = "customized_script_header_template_file";

/** The header with its fields replaced; null: the input has no template, or after an error. */
export function readHeader(
  { resources: draft, machine, workBase }: PartialConfig,
  table: TableNode,
  { files, cwd, home, trust }: HeaderContext,
): string | null {
  const file = draft?.strategy?.headerTemplate ?? null;
  if (file === null) return null;
  const { findings } = trust;
  const location = locationAt(table, ["resources", "strategy", KEY]);
  const path = resolve(cwd, file);
  const base = resolve(
    resolve(cwd, machine?.localRoot ?? "."),
    workBase ?? ".",
  );
  const chosen = [cwd, parent(resolve(cwd, trust.script))];
  if (isPrivateElsewhere(path, { files, base, home, chosen })) {
    const does = `writes the private file ${path} into job scripts`;
    const need = { location, field: KEY, does, digest: null };
    if (!mayDo(trust, need)) return null;
  }
  const bytes = readSmall(path, files);
  if (!bytes.ok) {
    addError(
      findings,
      location,
      `header template ${
        quoteForMessage(file)
      } ${bytes.error}; its path is relative to the current directory`,
    );
    return null;
  }
  const text = decodeSmallFile(file, bytes.value, findings);
  if (text === null) return null;
  const filled = fillTemplate(text, templateFields(table));
  if (filled.ok) return filled.value;
  const { line, column, message } = filled.error;
  addError(findings, { file, line, column }, message);
  return null;
}
