/** Stage 1: bytes of a Python script → its job description, each value with its place. */
import type {
  Diagnostic,
  SourceLocation,
  Validated,
} from "../../model/diagnostic.ts";
import { fail, ok, type Result } from "../../text/result.ts";
import {
  type Block,
  contentOf,
  outside,
  splitLines,
} from "./comment_blocks.ts";
import { locationOfLine, scriptBlock } from "./script_block.ts";
import { codeOf } from "./script_code.ts";
import { nodeAt, type TableEntry, type TableNode } from "./node.ts";
import { scriptCopy } from "./script_copy.ts";
import { readToml } from "./toml.ts";
import { decodeUtf8 } from "./utf8.ts";
import { closestMatch } from "../../text/closest_match.ts";

/** A script with its job description, before anyone has looked at the values. */
export interface ScriptMetadata {
  /** As the user named it; places bear it. */
  readonly path: string;
  /** The whole file without `[tool.dpdispatcher]`: what is copied to where it runs. */
  readonly copy: string;
  /** The text of the block, line by line without `# `: what trust is given to. */
  readonly block: string;
  /** What it computes; the same for two files that differ only in `[tool.dpdispatcher]` or in comments of the block. */
  readonly code: string;
  /** `[tool.dpdispatcher]`. */
  readonly table: TableNode;
}

/**
 * Reads the `script` block of a file by PEP 723. Other types of block are left alone.
 *
 * @param path as the user named it: it stands in every place
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
      message: `not UTF-8: byte 0x${
        byte.toString(16)
      } begins no character; save the file as UTF-8`,
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
  const code = codeOf(outside(lines, block.value), values);
  const copy = scriptCopy(text, { toml, tree, block: block.value });
  const value = { path, copy, block: toml, code, table: table.value };
  return ok({ value, warnings: [] });
}

function failWith(error: Diagnostic): Validated<never> {
  return fail({ errors: [error], warnings: [] });
}

/** Line and column of the TOML text → the file's own: the TOML stands behind `# `. */
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
      message:
        "this block has no table [tool.dpdispatcher], which describes the job",
    });
  }
  const [name, entry] = similar;
  return fail({
    location: entry.keyLocation,
    message:
      `the block has no table [tool.dpdispatcher]; is [${name}] meant to be it?`,
  });
}

/** `[tool.dpdispacher]` or `[dpdispatcher]`: likely meant to be our table. */
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
