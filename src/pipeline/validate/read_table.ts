/** From a table of the input to the values of its fields by their names in Config; errors are added to the findings. */
import type {
  ArrayNode,
  TableEntry,
  TableNode,
  ValueNode,
} from "../parse/node.ts";
import {
  acceptsNull,
  type Field,
  type Fields,
  holdsSecrets,
  isRequired,
  type Variant,
} from "../../schema/field.ts";
import { describeType } from "../../schema/value_types.ts";
import { clause, joinWords } from "../../text/grammar.ts";
import { addError, tableLabel } from "./diagnostics.ts";
import { readChoice, readFree, readValue } from "./read_value.ts";
import { readEnvs } from "./read_envs.ts";
import { readSecret } from "./read_secret.ts";
import type { DraftTable, ValidationContext } from "./context.ts";
import {
  describeNode,
  expectation,
  formatValue,
  valueHintFor,
} from "./format_value.ts";
import { warnUnknown } from "./unknown_keys.ts";

export function readTable(
  fields: Fields,
  table: TableNode,
  path: readonly string[],
  context: ValidationContext,
): DraftTable {
  warnUnknown(fields, table, path, context);
  return Object.fromEntries(
    Object.entries(fields).map(([key, field]) => {
      const entry = entryOf(key, field, table, context);
      const value = entry === null
        ? absent(key, field, table, path, context)
        : present(key, field, entry.node, [...path, key], context);
      return [field.configName ?? "", value] as const;
    }).filter(([word]) => word !== ""),
  );
}

/** The entry of the field by its key or an alias; both at once are an error. */
function entryOf(
  key: string,
  field: Field,
  table: TableNode,
  { findings }: ValidationContext,
): TableEntry | null {
  const given = [key, ...(field.aliases ?? [])].flatMap((name) => {
    const entry = table.value.get(name);
    return entry === undefined ? [] : [{ name, entry }];
  });
  const [first, second] = given;
  if (first !== undefined && second !== undefined) {
    const message =
      `"${second.name}" is an alias of "${first.name}", which is also set; keep one of them`;
    addError(findings, second.entry.keyLocation, message);
  }
  return first?.entry ?? null;
}

function present(
  key: string,
  field: Field,
  node: ValueNode,
  path: readonly string[],
  context: ValidationContext,
): unknown {
  if (node.kind === "null" && acceptsNull(field)) return null;
  if (field.secret) return readSecret(key, field, node, context);
  const { kind } = field;
  switch (kind.form) {
    case "value":
      return readValue(key, field, kind, node, context);
    case "choice":
      return readChoice(key, kind, node, context);
    case "rows":
      return node.kind === "array"
        ? readRows(kind.fields, node, path, context)
        : refuse(key, field, node, context);
    default:
      if (node.kind !== "table") return refuse(key, field, node, context);
  }
  if (kind.form === "envs") return readEnvs(node, context);
  if (kind.form === "free") return readFree(node, context);
  return readTableOf(kind, node, path, context);
}

function readTableOf(
  kind: Variant | { readonly form: "table"; readonly fields: Fields },
  table: TableNode,
  path: readonly string[],
  context: ValidationContext,
): DraftTable | undefined {
  const fields = kind.form === "table"
    ? kind.fields
    : kind.tables[context.chosen[kind.by] ?? ""];
  return fields === undefined
    ? undefined
    : readTable(fields, table, path, context);
}

function readRows(
  fields: Fields,
  list: ArrayNode,
  path: readonly string[],
  context: ValidationContext,
): readonly unknown[] {
  return list.value.map((row) => {
    if (row.kind === "table") return readTable(fields, row, path, context);
    addError(
      context.findings,
      row.location,
      `each element of ${path.at(-1)} must be a table, got ${formatValue(row)}`,
    );
  });
}

function refuse(
  key: string,
  field: Field,
  node: ValueNode,
  { findings }: ValidationContext,
): undefined {
  const seen = holdsSecrets(field) ? describeNode(node) : formatValue(node);
  addError(
    findings,
    node.location,
    `${expectation(key, field)}, got ${seen}${valueHintFor(key, field, node)}`,
  );
}

/** The default value; for a table, the defaults of its fields. */
function absent(
  key: string,
  field: Field,
  table: TableNode,
  path: readonly string[],
  context: ValidationContext,
): unknown {
  const { kind } = field;
  if (isRequired(field)) {
    if (!table.partial) {
      addError(context.findings, table.location, missing(key, field, path));
    }
    return undefined;
  }
  if (kind.form === "table" || kind.form === "variant") {
    return readTableOf(kind, emptyTable(table), [...path, key], context);
  }
  return kind.form === "envs" ? [] : field.default;
}

function emptyTable({ location, partial }: TableNode): TableNode {
  const empty = {
    kind: "table",
    location,
    value: new Map<string, TableEntry>(),
  } as const;
  return partial ? { ...empty, partial } : empty;
}

function missing(
  key: string,
  { kind, unit, doc }: Field,
  path: readonly string[],
): string {
  if (kind.form === "table" || kind.form === "rows") {
    const keys = Object.entries(kind.fields)
      .filter(([, field]) => isRequired(field) || field.needed)
      .map(([name, { needed }]) => needed ? `${name} (${needed})` : name);
    const needs = kind.form === "rows" ? "each needs" : "it needs";
    const label = tableLabel([...path, key]);
    return `missing ${label}: ${clause(doc)}; ${needs} ${
      joinWords(keys, "and")
    }`;
  }
  const must = unit === undefined
    ? `${clause(doc)} (${describeType(kind)})`
    : `${describeType(kind)} (${unit})`;
  return `missing "${key}" in ${tableLabel(path)}: ${must}`;
}
