/** Stage 1: from the bytes of a Python script to its metadata, each value with its location. */
import type {
  Diagnostic,
  SourceLocation,
  Validated,
} from "../../model/diagnostic.ts";
import { fail, ok, type Result } from "../../text/result.ts";
import { type Block, contentOf, splitLines } from "./comment_blocks.ts";
import { locationOfLine, scriptBlock } from "./script_block.ts";
import { canonicalCode } from "./script_code.ts";
import { nodeAt, type TableEntry, type TableNode } from "./node.ts";
import { scriptCopy } from "./script_copy.ts";
import { readToml } from "./toml.ts";
import { decodeUtf8 } from "./utf8.ts";
import { closestMatch } from "../../text/closest_match.ts";

/** A script with its metadata, before the values are validated. */
export interface ScriptMetadata {
  /** As the user named it; every location contains it. */
  readonly path: string;
  /** The whole file without `[tool.dpdispatcher]`, as it is uploaded. */
  readonly copy: string;
  /** The text of the block, line by line without `# `; the user trusts this text. */
  readonly block: string;
  /** What the script computes; equal for two files that differ only in `[tool.dpdispatcher]`, comments and blank lines. */
  readonly code: string;
  /** `[tool.dpdispatcher]`. */
  readonly table: TableNode;
}

/**
 * Reads the `script` block of a file by PEP 723. Blocks of other types are ignored.
 *
 * @param path as the user named it; every location contains it
 */
export function parse(
  path: string,
  bytes: Uint8Array,
): Validated<ScriptMetadata> {
  const decoded = decodeUtf8(bytes);
  if (!decoded.ok) {
    const { line, column, byte } = decoded.error;
    return failWith({
      location: { file: path, line, column },
      message: `not UTF-8: invalid byte 0x${
        byte.toString(16)
      }; save the file as UTF-8`,
    });
  }
  const text = decoded.value;
  const lines = splitLines(text).text;
  const block = scriptBlock(path, lines);
  if (!block.ok) return failWith(block.error);
  const toml = contentOf(lines, block.value);
  const metadata = readToml(toml, locationInFile(path, lines, block.value));
  if (!metadata.ok) return failWith(metadata.error);
  const { tree, table: values } = metadata.value;
  const table = dpdispatcherTable(
    values,
    locationOfLine(path, block.value.first),
  );
  if (!table.ok) return failWith(table.error);
  const code = canonicalCode(lines, block.value, values);
  const copy = scriptCopy(text, { toml, tree, block: block.value });
  const value = { path, copy, block: toml, code, table: table.value };
  return ok({ value, warnings: [] });
}

function failWith(error: Diagnostic): Validated<never> {
  return fail({ errors: [error], warnings: [] });
}

/** From a line and column of the TOML text to those of the file, where the TOML follows `# `. */
function locationInFile(
  file: string,
  lines: readonly string[],
  { first }: Block,
): (line: number, column: number) => SourceLocation {
  return (line, column) => ({
    file,
    line: first + 1 + line,
    column: column + Math.min(2, lines[first + line]?.length ?? 2) + 1,
  });
}

function dpdispatcherTable(
  metadata: TableNode,
  location: SourceLocation,
): Result<TableNode, Diagnostic> {
  const ours = nodeAt(metadata, ["tool", "dpdispatcher"]);
  if (ours?.kind === "table") return ok(ours);
  if (ours !== null) {
    return fail({
      location: ours.location,
      message:
        "tool.dpdispatcher must be a table; write [tool.dpdispatcher] and its keys below",
    });
  }
  const similar = findMisspeltTable(metadata);
  if (similar === null) {
    return fail({
      location,
      message: "the script metadata has no [tool.dpdispatcher] table",
    });
  }
  const [name, entry] = similar;
  return fail({
    location: entry.keyLocation,
    message:
      `the script metadata has no [tool.dpdispatcher] table; should [${name}] be [tool.dpdispatcher]?`,
  });
}

/** `[tool.dpdispacher]` or `[dpdispatcher]`: probably `[tool.dpdispatcher]` was meant. */
function findMisspeltTable(
  metadata: TableNode,
): readonly [string, TableEntry] | null {
  const tool = nodeAt(metadata, ["tool"]);
  const named = [
    ...(tool?.kind === "table"
      ? [...tool.value].map(([key, entry]) => [`tool.${key}`, entry] as const)
      : []),
    ...metadata.value,
  ];
  return named.find(([name]) =>
    closestMatch(name.replace(/^tool\./, ""), ["dpdispatcher"]) !== null
  ) ?? null;
}
