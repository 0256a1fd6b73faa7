/** `envs`: names and values for `export`. */
import type { TableEntry, TableNode, ValueNode } from "../parse/node.ts";
import { findReference } from "../../schema/secret.ts";
import { isWritable, STRING, UNWRITABLE } from "../../schema/text_types.ts";
import { pythonFlag, pythonFloat } from "../../text/python_repr.ts";
import { joinWords } from "../../text/grammar.ts";
import { addError } from "./diagnostics.ts";
import { refuseReferences } from "./read_value.ts";
import type { ValidationContext } from "./context.ts";
import { formatValue, quoteForMessage } from "./format_value.ts";

/** Pairs of name and value, in order; an array gives one pair for each element. */
export function readEnvs(
  table: TableNode,
  { findings }: ValidationContext,
): readonly (readonly [string, string])[] {
  warnExpansion(table, findings);
  return [...table.value].flatMap(([name, entry]) => {
    checkName(name, entry, findings);
    refuseReferences(name, entry.node, findings);
    const nodes = entry.node.kind === "array" ? entry.node.value : [entry.node];
    return nodes.flatMap((node) => {
      const value = envText(node);
      if (value !== null && !isWritable(value)) {
        addError(
          findings,
          node.location,
          `${name} in envs must be ${STRING} without ${UNWRITABLE}, got ${
            formatValue(node)
          }`,
        );
        return [];
      }
      if (value !== null) return [[name, value] as const];
      addError(
        findings,
        node.location,
        `${name} in envs must be a string, a number, a boolean, or an array of these, got ${
          entry.node === node
            ? formatValue(node)
            : `${formatValue(node)} in an array`
        }`,
      );
      return [];
    });
  });
}

/**
 * One warning for all values with characters that the shell expands: DPDispatcher
 * expanded them too before 1.1.0, and takes them literally since.
 */
function warnExpansion(
  table: TableNode,
  findings: ValidationContext["findings"],
): void {
  const expanded = [...table.value].filter(([, { node }]) =>
    (node.kind === "array" ? node.value : [node]).some((each) =>
      each.kind === "string" && findReference(each.value) === null &&
      isExpanded(each.value)
    )
  );
  const [first] = expanded;
  if (first === undefined) return;
  const names = expanded.slice(0, MAX_NAMES).map(([name]) =>
    quoteForMessage(name)
  );
  const more = expanded.length - names.length;
  findings.warnings.push({
    location: first[1].node.location,
    message: `the shell expands $, backticks and backslashes in ${
      joinWords([...names, ...more > 0 ? [`${more} more`] : []], "and")
    } of envs (DPDispatcher 1.1.0 does not); for literal text write single quotes inside the string: "'$x'"`,
  });
}

/** Names that a message lists. */
const MAX_NAMES = 5;

/** Whether there is any of the characters outside single quotes. */
function isExpanded(text: string): boolean {
  return /[$`\\]/.test(text.replaceAll(/'[^']*'/g, ""));
}

/** Checks that `export` accepts the name (POSIX.1-2017, 3.235 Name), and warns of names that look like secrets. */
function checkName(
  name: string,
  { keyLocation, node }: TableEntry,
  findings: ValidationContext["findings"],
): void {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    addError(
      findings,
      keyLocation,
      `${quoteForMessage(name)} in envs is not a valid variable name; write ${
        quoteForMessage(shellName(name))
      } (letters, digits and _, not beginning with a digit)`,
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

/** `$NAME` is expanded on the remote host, so that the input contains no secret. */
function isExpansion(node: ValueNode): boolean {
  return node.kind === "string" && /^(\$\w+|\$\{\w+\}|)$/.test(node.value);
}

/** The value as Python prints it; null: an environment variable cannot have it. */
function envText(node: ValueNode): string | null {
  switch (node.kind) {
    case "string":
      return node.value;
    case "integer":
      return String(node.value);
    case "float":
      return pythonFloat(node.value);
    case "boolean":
      return pythonFlag(node.value);
    default:
      return null;
  }
}
