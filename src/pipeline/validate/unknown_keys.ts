/** Keys that no field has: warnings, never errors, because old inputs have many of them. */
import type { TableNode } from "../parse/node.ts";
import type { Fields } from "../../schema/field.ts";
import { allRows } from "../../schema/all_fields.ts";
import { conditionOf } from "../../schema/describe_field.ts";
import { closestMatch } from "../../text/closest_match.ts";
import { count } from "../../text/grammar.ts";
import { tableLabel } from "./diagnostics.ts";
import type { ValidationContext } from "./context.ts";
import { quoteForMessage } from "./format_value.ts";

/** Warnings for one table; further unknown keys are only counted. */
const MAX_WARNINGS = 100;

/** Warns once of each unknown key of a table; `_` keys are comments. */
export function warnUnknown(
  fields: Fields,
  table: TableNode,
  path: readonly string[],
  { findings, warnedKeys: warned, hasTemplate }: ValidationContext,
): void {
  if (hasTemplate && path.join(".") === "resources.kwargs") return;
  const known = new Set(
    Object.entries(fields).flatMap(([key, { aliases = [] }]) => [
      key,
      ...aliases,
    ]),
  );
  const label = tableLabel(path);
  const unknown = [...table.value].filter(([key]) =>
    !key.startsWith("_") && !known.has(key) && !warned.has(`${label} ${key}`)
  );
  if (unknown.length === 0) return;
  const meaningful = [...known].filter((key) =>
    fields[key]?.configName !== null
  );
  for (const [key, { keyLocation }] of unknown.slice(0, MAX_WARNINGS)) {
    warned.add(`${label} ${key}`);
    const hint = hintFor(key, meaningful, path);
    const isSecret = hint === NO_EFFECT && Object.values(fields).some(
      ({ secret }) => secret,
    );
    // In YAML, `password:x` without a space is a key.
    const name = isSecret ? "" : ` ${quoteForMessage(key)}`;
    const message = `unknown key${name} in ${label}${hint}`;
    findings.warnings.push({ location: keyLocation, message });
  }
  const [next, ...others] = unknown.slice(MAX_WARNINGS);
  if (next === undefined) return;
  const message = `${
    count(others.length + 1, "more unknown key")
  } in ${label} from here on`;
  findings.warnings.push({ location: next[1].keyLocation, message });
}

const NO_EFFECT = "; it has no effect";

function hintFor(
  key: string,
  known: readonly string[],
  path: readonly string[],
): string {
  const elsewhere = allRows().find((row) => row.key === key);
  if (elsewhere !== undefined && elsewhere.table.join() !== path.join()) {
    return `; it belongs in ${tableLabel(elsewhere.table)}`;
  }
  if (elsewhere !== undefined) {
    return `; it works only ${conditionOf(elsewhere)}`;
  }
  const named = allRows().find(({ field: { commonWords } }) =>
    commonWords?.includes(key)
  );
  if (named !== undefined && known.includes(named.key)) {
    return `; did you mean "${named.key}"?`;
  }
  const meant = closestMatch(key, known);
  if (meant !== null) return `; did you mean "${meant}"?`;
  // In machine.commands and remote_profile the same words mean other things.
  return named === undefined || (path[0] === "machine" && path.length > 1)
    ? NO_EFFECT
    : `; did you mean "${named.key}" in ${tableLabel(named.table)}?`;
}
