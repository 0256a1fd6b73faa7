/** Keys that no field has: odd, never fatal, since old inputs carry many. */
import type { TableNode } from "../parse/node.ts";
import type { Fields } from "../schema/field.ts";
import { allRows } from "../schema/rows.ts";
import { nearest } from "../text/nearest.ts";
import { tableLabel } from "./findings.ts";
import type { Reading } from "./reading.ts";

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
    const advice = adviceFor(key, known, path);
    const isSecret = advice === NO_EFFECT && Object.values(fields).some(
      ({ secret }) => secret,
    );
    // In YAML, `password:x` without a space is a key.
    const name = isSecret ? "" : ` ${JSON.stringify(key)}`;
    const message = `unknown key${name} in ${label}${advice}`;
    findings.warnings.push({ place: keyPlace, message });
  }
}

const NO_EFFECT = "; it has no effect";

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
  return meant === null ? NO_EFFECT : `; did you mean "${meant}"?`;
}
