/** Keys that no field has: odd, never fatal, since old inputs carry many. */
import type { TableNode } from "../parse/node.ts";
import type { Fields } from "../schema/field.ts";
import { allRows } from "../schema/rows.ts";
import { nearest } from "../text/nearest.ts";
import { tableLabel } from "./findings.ts";
import type { Reading } from "./reading.ts";
import { quote } from "./show.ts";

/** Warns once of each key of a table; `_` keys are comments. */
export function warnUnknown(
  fields: Fields,
  table: TableNode,
  path: readonly string[],
  { findings, warned }: Reading,
): void {
  const known = Object.entries(fields).flatMap((
    [key, { aliases = [] }],
  ) => [key, ...aliases]);
  for (const [key, { keyPlace }] of table.value) {
    const label = tableLabel(path);
    if (
      key.startsWith("_") || known.includes(key) ||
      warned.has(`${label} ${key}`)
    ) continue;
    warned.add(`${label} ${key}`);
    const message = `unknown key ${quote(key)} in ${label}${
      adviceFor(key, known, path)
    }`;
    findings.warnings.push({ place: keyPlace, message });
  }
}

function adviceFor(
  key: string,
  known: readonly string[],
  path: readonly string[],
): string {
  const elsewhere = allRows().find((row) => row.key === key);
  if (elsewhere !== undefined && elsewhere.table.join() !== path.join()) {
    return `; it belongs in ${tableLabel(elsewhere.table)}`;
  }
  if (elsewhere !== undefined) return `; only ${elsewhere.when} has it`;
  const meant = nearest(key, known);
  return meant === null ? "; it has no effect" : `; did you mean "${meant}"?`;
}
