/** What the fields of a header template stand for: the values of `resources` as the user wrote them. */
import { nodeAt, type TableNode, type ValueNode } from "../parse/node.ts";
import type { Fields } from "../../schema/field.ts";
import { resources } from "../../schema/resources.ts";
import type { TemplateFields } from "../../text/python_format.ts";
import type { PythonValue } from "../../text/python_value.ts";

const PATH = [
  "resources",
  "strategy",
  "customized_script_header_template_file",
];

/** Whether the input names a template: it may use any key of kwargs. */
export function hasTemplate(table: TableNode): boolean {
  return nodeAt(table, PATH)?.kind === "string";
}

/** By key; a value that is neither given nor has a default is null. */
export function templateFields(table: TableNode): TemplateFields {
  const node = nodeAt(table, ["resources"]);
  return Object.fromEntries(tableOf(resources, node));
}

function tableOf(
  fields: Fields,
  node: ValueNode | null,
): ReadonlyMap<string, PythonValue> {
  const given = node?.kind === "table" ? node.value : new Map();
  const known = Object.entries(fields)
    .filter(([, { configName }]) => configName !== null)
    .map(([key, { kind, default: value }]): [string, PythonValue] => {
      const entry = given.get(key)?.node ?? null;
      return [
        key,
        kind.form === "table"
          ? tableOf(kind.fields, entry)
          : entry === null
          ? defaultOf(value)
          : pythonOf(entry),
      ];
    });
  const others = [...given].filter(([key]) => !Object.hasOwn(fields, key))
    .map(([key, { node }]) => [key, pythonOf(node)] as const);
  return new Map([...known, ...others]);
}

function defaultOf(value: unknown): PythonValue {
  if (typeof value === "number") return BigInt(value);
  if (typeof value === "boolean" || typeof value === "string") return value;
  if (Array.isArray(value)) return [];
  return typeof value === "object" && value !== null ? new Map() : null;
}

function pythonOf(node: ValueNode): PythonValue {
  switch (node.kind) {
    case "array":
      return node.value.map(pythonOf);
    case "table":
      return new Map(
        [...node.value].map(([key, { node }]) => [key, pythonOf(node)]),
      );
    case "integer":
      return BigInt(node.value);
    default:
      return node.value;
  }
}
