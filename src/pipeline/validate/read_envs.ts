/** `envs`: names and texts, as `export` takes them. */
import type { Entry, Node, TableNode } from "../parse/node.ts";
import { isWritable, UNWRITABLE } from "../../schema/text_types.ts";
import { pythonFlag, pythonFloat } from "../../text/python_repr.ts";
import { mistake } from "./diagnostics.ts";
import { refuseReferences } from "./read_value.ts";
import type { Reading } from "./context.ts";
import { quote, show } from "./format_value.ts";

/** Name and value, in order; a list gives one pair for each entry. */
export function readEnvs(
  table: TableNode,
  { findings }: Reading,
): readonly (readonly [string, string])[] {
  return [...table.value].flatMap(([name, entry]) => {
    checkName(name, entry, findings);
    refuseReferences(name, entry.node, findings);
    const nodes = entry.node.kind === "list" ? entry.node.value : [entry.node];
    return nodes.flatMap((node) => {
      const value = envText(node);
      if (value !== null && !isWritable(value)) {
        mistake(
          findings,
          node.place,
          `${name} in envs must be text without ${UNWRITABLE}, got ${
            show(node)
          }`,
        );
        return [];
      }
      if (value !== null) return [[name, value] as const];
      mistake(
        findings,
        node.place,
        `${name} in envs must be text, a number, true or false, or a list of these, got ${
          show(node)
        }`,
      );
      return [];
    });
  });
}

/** A name that `export` takes (POSIX.1-2017, 3.235 Name). */
function checkName(
  name: string,
  { keyPlace, node }: Entry,
  findings: Reading["findings"],
): void {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    mistake(
      findings,
      keyPlace,
      `${quote(name)} in envs is no name for a variable; write ${
        quote(shellName(name))
      } (letters, digits and _, no digit first)`,
    );
  } else if (/(KEY|TOKEN|PASSWORD|SECRET)$/i.test(name) && !isExpansion(node)) {
    findings.warnings.push({
      place: keyPlace,
      message:
        `${name} looks like a secret, and envs are written into job scripts; set it in a file of source_list instead`,
    });
  }
}

function shellName(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9_]/g, "_").replace(/^(?=\d|$)/, "_");
}

/** `$NAME` takes the value from the execution side: nothing secret stands here. */
function isExpansion(node: Node): boolean {
  return node.kind === "text" && /^(\$\w+|\$\{\w+\}|)$/.test(node.value);
}

/** As Python prints the value; null of what no variable can hold. */
function envText(node: Node): string | null {
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
