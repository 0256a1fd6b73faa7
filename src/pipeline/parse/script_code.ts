/** What a script computes, as text, from which task keys are made. */
import { pythonFloat } from "../../text/python_repr.ts";
import type { TableNode, ValueNode } from "./node.ts";

/**
 * The lines outside the block, and the values of the block without `[tool.dpdispatcher]`, in a form that does not
 * depend on comments, order and spacing of the block.
 */
export function codeOf(
  outside: readonly string[],
  metadata: TableNode,
): string {
  return `${canonical(withoutDpdispatcherTable(metadata))}\n${
    outside.join("\n")
  }`;
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
