/** Values in messages: what the input has, and how to write what was meant. */
import * as v from "valibot";
import type { ScalarNode, ValueNode } from "../parse/node.ts";
import { type Field, isRequired, type Value } from "../../schema/field.ts";
import { describeType } from "../../schema/value_types.ts";
import { pythonFloat } from "../../text/python_repr.ts";
import { STRING } from "../../schema/text_types.ts";
import { tableLabel } from "./diagnostics.ts";

const MAX_SHOWN = 40;
const MAX_PATH_SHOWN = 300;

/** A value as a message shows it; long text is cut. */
export function formatValue(node: ValueNode): string {
  switch (node.kind) {
    case "string":
      return quoteForMessage(node.value);
    case "float":
      return pythonFloat(node.value);
    case "date":
      return `the ${node.value[2] === ":" ? "time" : "date"} ${node.value}`;
    case "array":
      return node.value.length === 0 ? "an empty array" : "an array";
    case "table":
      return "a table";
    default:
      return cut(String(node.value), MAX_SHOWN);
  }
}

export function quoteForMessage(text: string): string {
  return JSON.stringify(cut(text, MAX_SHOWN));
}

/** A text of any length as a message shows it. */
export function cut(text: string, maxLength = MAX_PATH_SHOWN): string {
  return text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;
}

/** The TOML type of a value, for fields whose values are never shown. */
export function describeNode(node: ValueNode): string {
  if (node.kind === "null") return "null";
  const article = node.kind === "integer" || node.kind === "array" ? "an" : "a";
  return `${article} ${node.kind}`;
}

/** `group_size must be an integer of at least 0 (tasks per job; 0 = all in one job)` */
export function expectation(
  key: string,
  field: Field,
  node?: ValueNode,
): string {
  const unit = field.unit === undefined ? "" : ` (${field.unit})`;
  const expectedText = node?.kind === "string" && field.kind.form === "value" &&
    field.kind.expected === STRING && field.kind.expectedText;
  return `${key} must be ${expectedText || describeType(field.kind)}${unit}`;
}

/** How to write what was meant, or "". */
export function valueHintFor(
  key: string,
  field: Field,
  node: ValueNode,
): string {
  const { kind } = field;
  if (node.kind === "null") return isRequired(field) ? "" : "; remove it";
  if (kind.form === "rows" && node.kind === "table") {
    return `; begin each with ${tableLabel([key])}`;
  }
  if (kind.form === "envs") return '; write { NAME = "value" }';
  if (kind.form !== "value") return "";
  if (node.kind === "string") return hintForText(kind, node.value);
  if (node.kind === "date" && v.is(kind.schema, node.value)) {
    return `; write ${key} = "${node.value}", in quotes`;
  }
  if (kind.expected === STRING && isScalar(node)) {
    return `; write "${formatValue(node)}"`;
  }
  const boolean = node.value === 1 ? true : node.value === 0 ? false : null;
  return boolean !== null && v.is(kind.schema, boolean)
    ? `; write ${boolean}`
    : "";
}

function hintForText(kind: Value<unknown>, text: string): string {
  if (v.is(kind.schema, [text])) return `; write [${quoteForMessage(text)}]`;
  const bare = text.trim().toLowerCase();
  const meant = /^(true|false|-?\d+(\.\d+)?)$/.test(bare)
    ? JSON.parse(bare.replace(/^(-?)0+(?=\d)/, "$1"))
    : null;
  return meant !== null && v.is(kind.schema, meant)
    ? `; write ${meant} without quotes`
    : "";
}

/** Whether the value would be a string with quotes around it. */
export function isScalar(node: ValueNode): node is ScalarNode {
  return node.kind === "integer" || node.kind === "float" ||
    node.kind === "boolean";
}
