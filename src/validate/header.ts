/** The user's own scheduler header: read and filled in. */
import { placeAt, type TableNode } from "../parse/node.ts";
import { decodeUtf8 } from "../parse/utf8.ts";
import { resources } from "../schema/resources.ts";
import { fillTemplate } from "../schema/template.ts";
import { resolve } from "../text/path.ts";
import { pythonFlag } from "../text/python.ts";
import type { Files } from "../world.ts";
import { type Findings, mistake } from "./findings.ts";
import type { Draft } from "./rules.ts";
import { readSmall } from "./read_small.ts";
import { quote } from "./show.ts";

/** The filled header, or null where none is asked for or after a mistake. A relative path is from `cwd`. */
export function readHeader(
  draft: Draft["resources"],
  table: TableNode,
  files: Files,
  cwd: string,
  findings: Findings,
): string | null {
  const file = draft?.strategy?.headerTemplate ?? null;
  if (file === null) return null;
  const bytes = readSmall(resolve(cwd, file), files);
  const place = placeAt(table, [
    "resources",
    "strategy",
    "customized_script_header_template_file",
  ]);
  if (!bytes.ok) {
    mistake(
      findings,
      place,
      `the header template ${
        quote(file)
      } ${bytes.error}; it is looked for from the current folder`,
    );
    return null;
  }
  const text = decodeUtf8(bytes.value);
  if (!text.ok) {
    const { line, column } = text.error;
    mistake(
      findings,
      { file, line, column },
      "not UTF-8; save the file as UTF-8",
    );
    return null;
  }
  const filled = fillTemplate(text.value, templateFields(draft));
  if (filled.ok) return filled.value;
  const { line, column, message } = filled.error;
  mistake(findings, { file, line, column }, message);
  return null;
}

/** Fields of `resources` that have one value, under the input's names, as Python prints them. */
export function templateFields(
  draft: Draft["resources"],
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(resources).flatMap(([key, { as }]) => {
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
