/** Values in messages: what stands there, and how to write what was meant. */
import * as v from "valibot";
import type { ScalarNode, ValueNode } from "../parse/node.ts";
import { type Field, isRequired, type Value } from "../../schema/field.ts";
import { describeType } from "../../schema/value_types.ts";
import { pythonFloat } from "../../text/python_repr.ts";
import { tableLabel } from "./diagnostics.ts";

const LONGEST = 40;
const LONGEST_PATH = 300;

/** A value as a message shows it; long text is cut. */
export function formatValue(node: ValueNode): string {
  switch (node.kind) {
    case "text":
      return quoteForMessage(node.value);
    case "float":
      return pythonFloat(node.value);
    case "date":
      return `the date ${node.value}`;
    case "list":
      return node.value.length === 0 ? "an empty list" : "a list";
    case "table":
      return "a table";
    default:
      return cut(String(node.value), LONGEST);
  }
}

export function quoteForMessage(text: string): string {
  return JSON.stringify(text.length > LONGEST ? cut(text, LONGEST) : text);
}

/** A text that may be of any length, as a message shows it. */
export function cut(text: string, longest = LONGEST_PATH): string {
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}

/** What a value is, for fields whose values are never shown. */
export function describeNode(node: ValueNode): string {
  const names = {
    text: "text",
    integer: "an integer",
    float: "a number",
    flag: "true or false",
    null: "null",
  };
  return node.kind === "date" || node.kind === "list" || node.kind === "table"
    ? `a ${node.kind}`
    : names[node.kind];
}

/** `group_size must be an integer of at least 0 (tasks per job; 0 = all in one)` */
export function expectation(
  key: string,
  field: Field,
  node?: ValueNode,
): string {
  const unit = field.unit === undefined ? "" : ` (${field.unit})`;
  const alphabet = node?.kind === "text" && field.kind.form === "value" &&
    field.kind.expected === "text" && field.kind.expectedText;
  return `${key} must be ${alphabet || describeType(field.kind)}${unit}`;
}

/** How to write what was meant, or "". */
export function hintFor(key: string, field: Field, node: ValueNode): string {
  const { kind } = field;
  if (node.kind === "null") return isRequired(field) ? "" : "; leave it out";
  if (kind.form === "rows" && node.kind === "table") {
    return `; begin each with ${tableLabel([key])}`;
  }
  if (kind.form === "envs") return '; write { NAME = "value" }';
  if (kind.form !== "value") return "";
  if (node.kind === "text") return hintForText(kind, node.value);
  if (kind.expected === "text" && isScalar(node)) {
    return `; write "${formatValue(node)}"`;
  }
  const asFlag = node.value === 1 ? true : node.value === 0 ? false : null;
  return asFlag !== null && v.is(kind.schema, asFlag)
    ? `; write ${asFlag}`
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

/** A value that would be text with quotes around it. */
export function isScalar(node: ValueNode): node is ScalarNode {
  return node.kind === "integer" || node.kind === "float" ||
    node.kind === "flag";
}
