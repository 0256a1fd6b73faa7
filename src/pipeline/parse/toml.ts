/** TOML 1.0, as Python's tomllib reads the same block, as a tree that knows where everything stands. */
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

/** Turns a line (from 1) and column (from 0) of the TOML text into its place in the file. */
export type ToLocation = (line: number, column: number) => SourceLocation;

/** The same text twice: as its values, and as it is written. */
export interface Toml {
  readonly table: TableNode;
  readonly tree: AST.TOMLTopLevelTable;
}

export function readToml(
  text: string,
  toPlace: ToLocation,
): Result<Toml, Diagnostic> {
  const excess = excessOfToml(text);
  if (excess !== null) {
    const above = text.slice(0, excess.offset).split("\n");
    return fail({
      location: toPlace(above.length, above.at(-1)!.length),
      message: `the block cannot be read: ${excess.message}`,
    });
  }
  try {
    const [top] = parseTOML(text, { tomlVersion: "1.0" }).body;
    const table = freeze(topTable(top, toPlace));
    const deep = deepNode(table);
    if (deep === null) return ok({ table, tree: top });
    const message = `the block cannot be read: ${tooDeep}`;
    return fail({ location: deep.place, message });
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    const { lineNumber, column, message } = error;
    const hint = tomlHint(text, lineNumber, column, message);
    return fail({
      location: toPlace(lineNumber, column),
      message: `not valid TOML: ${hint}`,
    });
  }
}

/** A table while it is being filled; `[a.b]` may come before `[a]`. */
interface OpenTable {
  readonly kind: "table";
  readonly place: SourceLocation;
  readonly value: Map<
    string,
    { readonly keyPlace: SourceLocation; node: OpenNode }
  >;
}

type OpenNode = ScalarNode | OpenTable | {
  kind: "list";
  place: SourceLocation;
  value: OpenNode[];
};

function topTable(top: AST.TOMLTopLevelTable, toPlace: ToLocation): OpenTable {
  const root = emptyTable(toPlace(1, 0));
  for (const item of top.body) {
    if (item.type === "TOMLKeyValue") setValue(root, item, toPlace);
    else fillTable(root, item, toPlace);
  }
  return root;
}

function fillTable(
  root: OpenTable,
  table: AST.TOMLTable,
  toPlace: ToLocation,
): void {
  const { line, column } = table.loc.start;
  const keys = table.key.keys;
  // resolvedKey holds the row numbers of arrays of tables: ["task_list", 0].
  const names = table.resolvedKey;
  const numbers = names.flatMap((name, index) =>
    typeof name === "number" ? [index] : []
  );
  const keyPlaces = names.map((_, index) => {
    const rows = numbers.filter((number) => number <= index).length;
    return spot(keys[index - rows]!, toPlace);
  });
  const target = names.reduce<OpenNode>((node, name, index) => {
    const isLast = index === names.length - 1;
    const place = isLast ? toPlace(line, column) : keyPlaces[index]!;
    const wanted = typeof names[index + 1] === "number"
      ? emptyList(place)
      : emptyTable(place);
    return descend(node, name, keyPlaces[index]!, wanted);
  }, root);
  if (target.kind !== "table") return;
  for (const pair of table.body) setValue(target, pair, toPlace);
}

function setValue(
  table: OpenTable,
  pair: AST.TOMLKeyValue,
  toPlace: ToLocation,
): void {
  const keys = pair.key.keys;
  const holder = keys.slice(0, -1).reduce<OpenNode>((node, key) => {
    const place = spot(key, toPlace);
    return descend(node, nameOf(key), place, emptyTable(place));
  }, table);
  const last = keys.at(-1)!;
  descend(
    holder,
    nameOf(last),
    spot(last, toPlace),
    valueOf(pair.value, toPlace),
  );
}

/** The child of that name; `fresh` becomes it where there is none. */
function descend(
  node: OpenNode,
  name: string | number,
  keyPlace: SourceLocation,
  fresh: OpenNode,
): OpenNode {
  if (node.kind === "list" && typeof name === "number") {
    return node.value[name] ??= fresh;
  }
  if (node.kind !== "table") return fresh; // the parser refuses a key below a value
  const known = node.value.get(String(name));
  if (known !== undefined) return known.node;
  node.value.set(String(name), { keyPlace, node: fresh });
  return fresh;
}

function valueOf(content: AST.TOMLContentNode, toPlace: ToLocation): OpenNode {
  const place = spot(content, toPlace);
  if (content.type === "TOMLArray") {
    return {
      kind: "list",
      place,
      value: content.elements.map((element) => valueOf(element, toPlace)),
    };
  }
  if (content.type === "TOMLInlineTable") {
    const table = emptyTable(place);
    for (const pair of content.body) setValue(table, pair, toPlace);
    return table;
  }
  return leafOf(content, place);
}

function leafOf(content: AST.TOMLValue, place: SourceLocation): ScalarNode {
  switch (content.kind) {
    case "string":
      return { kind: "text", place, value: content.value };
    case "integer":
      return { kind: "integer", place, value: exactInteger(content.bigint) };
    case "float":
      return { kind: "float", place, value: content.value };
    case "boolean":
      return { kind: "flag", place, value: content.value };
    default:
      return { kind: "date", place, value: content.datetime };
  }
}

function spot(node: AST.TOMLNode, toPlace: ToLocation): SourceLocation {
  return toPlace(node.loc.start.line, node.loc.start.column);
}

export function nameOf(key: AST.TOMLBare | AST.TOMLQuoted): string {
  return key.type === "TOMLBare" ? key.name : key.value;
}

function emptyTable(place: SourceLocation): OpenTable {
  return { kind: "table", place, value: new Map() };
}

function emptyList(place: SourceLocation): OpenNode {
  return { kind: "list", place, value: [] };
}

/** Filling is over: from here on the tree is read-only. */
function freeze(table: OpenTable): TableNode {
  return table as ValueNode & { kind: "table" };
}
