/** The batch type and context of the input, on which the fields of other tables depend. */
import { nodeAt, type TableNode } from "../parse/node.ts";
import { choice, nameOf } from "../../schema/value_types.ts";
import { batchTypes, contexts } from "../../schema/names.ts";
import { nearestName } from "./read_value.ts";
import type { ValidationContext } from "./context.ts";
import type { Choice } from "../../schema/field.ts";

/** A misspelt name counts as the nearest one here, so that its error hides no other error. */
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
  if (node?.kind !== "string") return null;
  return nameOf(kind.names, node.value) ?? nearestName(kind, node.value);
}
