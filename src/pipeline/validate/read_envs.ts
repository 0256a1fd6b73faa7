/** `envs`: names and texts, as `export` takes them. */
import type { TableEntry, TableNode, ValueNode } from "../parse/node.ts";
import { isWritable, UNWRITABLE } from "../../schema/text_types.ts";
import { pythonFlag, pythonFloat } from "../../text/python_repr.ts";
import { addError } from "./diagnostics.ts";
import { refuseReferences } from "./read_value.ts";
import type { ValidationContext } from "./context.ts";
import { formatValue, quoteForMessage } from "./format_value.ts";

/** Name and value, in order; a list gives one pair for each entry. */
export function readEnvs(
  table: TableNode,
  { findings }: ValidationContext,
): readonly (readonly [string, string])[] {
  return [...table.value].flatMap(([name, entry]) => {
    checkName(name, entry, findings);
    refuseReferences(name, entry.node, findings);
    const nodes = entry.node.kind === "list" ? entry.node.value : [entry.node];
    return nodes.flatMap((node) => {
      const value = envText(node);
      if (value !== null && !isWritable(value)) {
        addError(
          findings,
          node.location,
          `${name} in envs must be text without ${UNWRITABLE}, got ${
            formatValue(node)
          }`,
        );
        return [];
      }
      if (value !== null) return [[name, value] as const];
      addError(
        findings,
        node.location,
        `${name} in envs must be text, a number, true or false, or a list of these, got ${
          formatValue(node)
        }`,
      );
      return [];
    });
  });
}

/** A name that `export` takes (POSIX.1-2017, 3.235 Name). */
function checkName(
  name: string,
  { keyLocation, node }: TableEntry,
  findings: ValidationContext["findings"],
): void {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    addError(
      findings,
      keyLocation,
      `${quoteForMessage(name)} in envs is no name for a variable; write ${
        quoteForMessage(shellName(name))
      } (letters, digits and _, no digit first)`,
    );
  } else if (/(KEY|TOKEN|PASSWORD|SECRET)$/i.test(name) && !isExpansion(node)) {
    findings.warnings.push({
      location: keyLocation,
      message:
        `${name} looks like a secret, and envs are written into job scripts; set it in a file of source_list instead`,
    });
  }
}

function shellName(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9_]/g, "_").replace(/^(?=\d|$)/, "_");
}

/** `$NAME` takes the value from the execution side: nothing secret stands here. */
function isExpansion(node: ValueNode): boolean {
  return node.kind === "text" && /^(\$\w+|\$\{\w+\}|)$/.test(node.value);
}

/** As Python prints the value; null of what no variable can hold. */
function envText(node: ValueNode): string | null {
  switch (node.kind) {
    case "text":
      return node.value;
    case "integer":
      return String(node.value);
    case "float":
      return pythonFloat(node.value);
    case "flag":
      return pythonFlag(node.value);
    default:
      return null;
  }
}
