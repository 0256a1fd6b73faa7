/** What a script computes, as text, from which task keys are made. */
import { pythonFloat } from "../../text/python_repr.ts";
import type { Block } from "./comment_blocks.ts";
import { pythonCode } from "./python_code.ts";
import type { TableNode, ValueNode } from "./node.ts";

/**
 * The program outside the block, and the values of the block without `[tool.dpdispatcher]`, in a form that does not
 * depend on comments and blank lines, nor on order and spacing of the block.
 */
export function canonicalCode(
  lines: readonly string[],
  { first, last }: Block,
  metadata: TableNode,
): string {
  // In its place stays a comment: without one, a line that a backslash continues would go on with another.
  const program = [...lines.slice(0, first), "#", ...lines.slice(last + 1)]
    .join("\n");
  return [
    canonical(withoutDpdispatcherTable(metadata)),
    encodingOf(lines),
    pythonCode(program) ?? program,
  ].join("\n");
}

/** PEP 263: a comment in line 1 or 2 names the encoding by which Python reads the strings; UTF-8 without one. */
const ENCODING = /^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)/;

function encodingOf([first = "", second = ""]: readonly string[]): string {
  const isSecondRead = /^[ \t\f]*(#|$)/.test(first);
  const found = ENCODING.exec(first) ??
    (isSecondRead ? ENCODING.exec(second) : null);
  const name = found?.[1]?.toLowerCase().replaceAll("_", "-") ?? "utf-8";
  return name === "utf8" ? "utf-8" : name;
}

function withoutDpdispatcherTable(metadata: TableNode): TableNode {
  const tool = metadata.value.get("tool");
  if (tool?.node.kind !== "table") return metadata;
  const others = new Map(
    [...tool.node.value].filter(([key]) => key !== "dpdispatcher"),
  );
  const rest = [...metadata.value].filter(([key]) => key !== "tool");
  const remaining: typeof rest = others.size === 0
    ? []
    : [["tool", { ...tool, node: { ...tool.node, value: others } }]];
  return { ...metadata, value: new Map([...rest, ...remaining]) };
}

/** JSON with sorted keys; integers and floats stay apart, so that 1 and 1.0 differ. */
function canonical(node: ValueNode): string {
  switch (node.kind) {
    case "table":
      return `{${
        [...node.value].map(([key, entry]) =>
          `${JSON.stringify(key)}:${canonical(entry.node)}`
        )
          .sort().join(",")
      }}`;
    case "array":
      return `[${node.value.map(canonical).join(",")}]`;
    case "float":
      return pythonFloat(node.value);
    case "string":
      return JSON.stringify(node.value);
    default:
      return String(node.value);
  }
}
