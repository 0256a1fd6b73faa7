/** Which batch type and context the input means, so that tables that depend on them can be read. */
import { nodeAt, type TableNode } from "../parse/node.ts";
import { choice, nameOf } from "../../schema/value_types.ts";
import { batchTypes, contexts } from "../../schema/names.ts";
import { nearestName } from "./read_value.ts";
import type { ValidationContext } from "./context.ts";
import type { Choice } from "../../schema/field.ts";

/** A misspelt name stands for the nearest one here: its error is told, and hides no other. */
export function chosenNames(table: TableNode): ValidationContext["chosen"] {
  return {
    batch_type: chosen(
      choice(batchTypes),
      nodeAt(table, ["machine", "batch_type"]),
    ),
    context_type: chosen(
      choice(contexts),
      nodeAt(table, ["machine", "context_type"]),
    ),
  };
}

function chosen<N extends string>(
  kind: Choice<N>,
  node: ReturnType<typeof nodeAt>,
): N | null {
  if (node?.kind !== "text") return null;
  return nameOf(kind.names, node.value) ?? nearestName(kind, node.value);
}
