/** Single values, arrays of strings, names, and tables that are passed on unchanged. */
import * as v from "valibot";
import type { TableNode, ValueNode } from "../parse/node.ts";
import type { Choice, Field, Value } from "../../schema/field.ts";
import { describeType, nameOf } from "../../schema/value_types.ts";
import { spellingsOf } from "../../schema/names.ts";
import { findReference } from "../../schema/secret.ts";
import { STRING } from "../../schema/text_types.ts";
import { closestMatch } from "../../text/closest_match.ts";
import { addError } from "./diagnostics.ts";
import type { ValidationContext } from "./context.ts";
import {
  expectation,
  formatValue,
  isScalar,
  valueHintFor,
} from "./format_value.ts";

/** The value if the schema of its type accepts it; otherwise an error, for an array one for each invalid element. */
export function readValue(
  key: string,
  field: Field,
  kind: Value<unknown>,
  node: ValueNode,
  { findings }: ValidationContext,
): unknown {
  const read = v.safeParse(kind.schema, plain(node));
  if (read.success) {
    return refuseReferences(key, node, findings) ? undefined : read.output;
  }
  for (const { path } of read.issues) {
    const entry = node.kind === "array"
      ? node.value[Number(path?.[0]?.key)]
      : undefined;
    if (entry === undefined) {
      addError(
        findings,
        node.location,
        `${expectation(key, field, node)}, got ${formatValue(node)}${
          valueHintFor(key, field, node)
        }`,
      );
      break; // one error for one invalid value
    }
    const hint = isScalar(entry) ? `; write "${formatValue(entry)}"` : "";
    addError(
      findings,
      entry.location,
      `each element of ${key} must be ${
        entry.kind === "string" ? kind.expectedText : STRING
      }, got ${formatValue(entry)}${hint}`,
    );
  }
}

export function readChoice<N extends string>(
  key: string,
  kind: Choice<N>,
  node: ValueNode,
  { findings }: ValidationContext,
): N | undefined {
  const name = node.kind === "string" ? nameOf(kind.names, node.value) : null;
  if (name !== null) return name;
  const meant = node.kind === "string" ? nearestName(kind, node.value) : null;
  const hint = meant === null ? "" : `; did you mean "${meant}"?`;
  addError(
    findings,
    node.location,
    `${key} must be ${describeType(kind)}, got ${formatValue(node)}${hint}`,
  );
}

/** The name that a misspelt one most likely means. */
export function nearestName<N extends string>(
  { names }: Choice<N>,
  word: string,
): N | null {
  const all = Object.keys(names) as N[];
  const spelling = closestMatch(
    word,
    all.flatMap((name) => spellingsOf(names, name)),
  );
  return spelling === null ? null : nameOf(names, spelling);
}

/** Plain values of a table that is passed on to a service as JSON. */
export function readFree(
  table: TableNode,
  { findings }: ValidationContext,
): Readonly<Record<string, unknown>> {
  const convert = (node: ValueNode): unknown => {
    if (node.kind === "table") {
      return Object.fromEntries(
        [...node.value].map(([key, entry]) => [key, convert(entry.node)]),
      );
    }
    if (node.kind === "array") return node.value.map(convert);
    if (node.kind === "date") {
      addError(
        findings,
        node.location,
        `a date cannot be passed on as JSON; write the string "${node.value}"`,
      );
    }
    if (typeof node.value === "bigint") {
      addError(
        findings,
        node.location,
        `the integer ${
          formatValue(node)
        } is too large to be passed on exactly; write it as a string`,
      );
    }
    return node.value;
  };
  refuseReferences(null, table, findings);
  return convert(table) as Readonly<Record<string, unknown>>;
}

/** A reference in any other field would write the secret where others can read it. */
export function refuseReferences(
  key: string | null,
  node: ValueNode,
  findings: ValidationContext["findings"],
): boolean {
  if (node.kind === "array") {
    return node.value.filter((entry) => refuseReferences(key, entry, findings))
      .length > 0;
  }
  if (node.kind === "table") {
    return [...node.value].filter(([name, { node }]) =>
      refuseReferences(name, node, findings)
    ).length > 0;
  }
  const reference = node.kind === "string" ? findReference(node.value) : null;
  if (reference === null) return false;
  addError(
    findings,
    node.location,
    `${key} must not contain the reference ${reference}, which is allowed only in secret fields such as password; write the value itself`,
  );
  return true;
}

/** The value that a schema checks. No field accepts a date. */
function plain(node: ValueNode): unknown {
  if (node.kind === "array") return node.value.map(plain);
  return node.kind === "date" || node.kind === "table" ? undefined : node.value;
}
