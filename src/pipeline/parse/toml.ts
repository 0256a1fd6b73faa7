/** TOML 1.0, as Python's tomllib reads the same block, as a tree of values with their locations. */
import { type AST, ParseError, parseTOML } from "toml-eslint-parser";
import { fail, ok, type Result } from "../../text/result.ts";
import type { Diagnostic, SourceLocation } from "../../model/diagnostic.ts";
import {
  exactInteger,
  type ScalarNode,
  type TableNode,
  type ValueNode,
} from "./node.ts";
import { deepNode, tooDeep } from "./limits.ts";
import { tomlHint } from "./toml_hint.ts";
import { excessOfToml } from "./toml_limits.ts";

/** Turns a line (from 1) and column (from 0) of the TOML text into its location in the file. */
export type ToLocation = (line: number, column: number) => SourceLocation;

/** The same text as its values, and as its syntax tree. */
export interface Toml {
  readonly table: TableNode;
  readonly tree: AST.TOMLTopLevelTable;
}

export function readToml(
  text: string,
  toLocation: ToLocation,
): Result<Toml, Diagnostic> {
  const excess = excessOfToml(text);
  if (excess !== null) {
    const above = text.slice(0, excess.offset).split("\n");
    return fail({
      location: toLocation(above.length, above.at(-1)!.length),
      message: `the script metadata cannot be read: ${excess.message}`,
    });
  }
  try {
    const [top] = parseTOML(text, { tomlVersion: "1.0" }).body;
    const table = freeze(topTable(top, toLocation));
    const deep = deepNode(table);
    if (deep === null) return ok({ table, tree: top });
    const message = `the script metadata cannot be read: ${tooDeep}`;
    return fail({ location: deep.location, message });
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    const { lineNumber, column, message } = error;
    const hint = tomlHint(text, lineNumber, column, message);
    return fail({
      location: toLocation(lineNumber, column),
      message: `not valid TOML: ${hint}`,
    });
  }
}

/** A table while it is filled; `[a.b]` may come before `[a]`. */
interface OpenTable {
  readonly kind: "table";
  readonly location: SourceLocation;
  readonly value: Map<
    string,
    { readonly keyLocation: SourceLocation; node: OpenNode }
  >;
}

type OpenNode = ScalarNode | OpenTable | {
  kind: "array";
  location: SourceLocation;
  value: OpenNode[];
};

function topTable(
  top: AST.TOMLTopLevelTable,
  toLocation: ToLocation,
): OpenTable {
  const root = emptyTable(toLocation(1, 0));
  for (const item of top.body) {
    if (item.type === "TOMLKeyValue") setValue(root, item, toLocation);
    else fillTable(root, item, toLocation);
  }
  return root;
}

function fillTable(
  root: OpenTable,
  table: AST.TOMLTable,
  toLocation: ToLocation,
): void {
  const { line, column } = table.loc.start;
  const keys = table.key.keys;
  // resolvedKey holds the row numbers of arrays of tables: ["task_list", 0].
  const names = table.resolvedKey;
  const numbers = names.flatMap((name, index) =>
    typeof name === "number" ? [index] : []
  );
  const keyLocations = names.map((_, index) => {
    const rows = numbers.filter((number) => number <= index).length;
    return locationOfNode(keys[index - rows]!, toLocation);
  });
  const target = names.reduce<OpenNode>((node, name, index) => {
    const isLast = index === names.length - 1;
    const location = isLast ? toLocation(line, column) : keyLocations[index]!;
    const wanted = typeof names[index + 1] === "number"
      ? emptyList(location)
      : emptyTable(location);
    return descend(node, name, keyLocations[index]!, wanted);
  }, root);
  if (target.kind !== "table") return;
  for (const pair of table.body) setValue(target, pair, toLocation);
}

function setValue(
  table: OpenTable,
  pair: AST.TOMLKeyValue,
  toLocation: ToLocation,
): void {
  const keys = pair.key.keys;
  const holder = keys.slice(0, -1).reduce<OpenNode>((node, key) => {
    const location = locationOfNode(key, toLocation);
    return descend(node, keyNameOf(key), location, emptyTable(location));
  }, table);
  const last = keys.at(-1)!;
  descend(
    holder,
    keyNameOf(last),
    locationOfNode(last, toLocation),
    valueOf(pair.value, toLocation),
  );
}

/** The child of that name; if there is none, `fresh` becomes the child. */
function descend(
  node: OpenNode,
  name: string | number,
  keyLocation: SourceLocation,
  fresh: OpenNode,
): OpenNode {
  if (node.kind === "array" && typeof name === "number") {
    return node.value[name] ??= fresh;
  }
  if (node.kind !== "table") return fresh; // the parser refuses a key below a value
  const known = node.value.get(String(name));
  if (known !== undefined) return known.node;
  node.value.set(String(name), { keyLocation, node: fresh });
  return fresh;
}

function valueOf(
  content: AST.TOMLContentNode,
  toLocation: ToLocation,
): OpenNode {
  const location = locationOfNode(content, toLocation);
  if (content.type === "TOMLArray") {
    return {
      kind: "array",
      location,
      value: content.elements.map((element) => valueOf(element, toLocation)),
    };
  }
  if (content.type === "TOMLInlineTable") {
    const table = emptyTable(location);
    for (const pair of content.body) setValue(table, pair, toLocation);
    return table;
  }
  return leafOf(content, location);
}

function leafOf(
  content: AST.TOMLValue,
  location: SourceLocation,
): ScalarNode {
  switch (content.kind) {
    case "string":
      return { kind: "string", location, value: content.value };
    case "integer":
      return { kind: "integer", location, value: exactInteger(content.bigint) };
    case "float":
      return { kind: "float", location, value: content.value };
    case "boolean":
      return { kind: "boolean", location, value: content.value };
    default:
      return { kind: "date", location, value: content.datetime };
  }
}

function locationOfNode(
  node: AST.TOMLNode,
  toLocation: ToLocation,
): SourceLocation {
  return toLocation(node.loc.start.line, node.loc.start.column);
}

export function keyNameOf(key: AST.TOMLBare | AST.TOMLQuoted): string {
  return key.type === "TOMLBare" ? key.name : key.value;
}

function emptyTable(location: SourceLocation): OpenTable {
  return { kind: "table", location, value: new Map() };
}

function emptyList(location: SourceLocation): OpenNode {
  return { kind: "array", location, value: [] };
}

/** Ends the filling: after it the tree is read-only. */
function freeze(table: OpenTable): TableNode {
  return table as ValueNode & { kind: "table" };
}
