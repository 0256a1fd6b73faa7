/** The user's own scheduler header: read and filled in. */
import { placeAt, type TableNode } from "../parse/node.ts";
import { decodeUtf8 } from "../parse/utf8.ts";
import { resources } from "../schema/resources.ts";
import { fillTemplate } from "../schema/template.ts";
import { parent, resolve } from "../text/path.ts";
import { pythonFlag } from "../text/python.ts";
import type { Files } from "../world.ts";
import { mistake } from "./findings.ts";
import { mayDo, type Trust } from "./needs.ts";
import { isPrivateElsewhere } from "./private_file.ts";
import type { Draft } from "./rules.ts";
import { readSmall } from "./read_small.ts";
import { quote } from "./show.ts";

export interface Surroundings {
  readonly files: Files;
  /** Absolute; a template's relative path is from there. */
  readonly cwd: string;
  readonly home: string | undefined;
  readonly trust: Trust;
}

const KEY = "customized_script_header_template_file";

/** The filled header, or null where none is asked for or after a mistake. */
export function readHeader(
  { resources: draft, machine, workBase }: Draft,
  table: TableNode,
  { files, cwd, home, trust }: Surroundings,
): string | null {
  const file = draft?.strategy?.headerTemplate ?? null;
  if (file === null) return null;
  const { findings } = trust;
  const place = placeAt(table, ["resources", "strategy", KEY]);
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
