/** The text of a script that is uploaded: the script without its `[tool.dpdispatcher]` table. */
import type { AST } from "toml-eslint-parser";
import type { Block } from "./comment_blocks.ts";
import { keyNameOf } from "./toml.ts";

/** A part of the TOML text; lines count from 0. */
interface KeptPart {
  readonly line: number;
  readonly lines: readonly string[];
}

/**
 * The table, which may contain passwords and local paths, is removed in whatever form it is written. So are the
 * comments of the block, which may contain old values of the table. Each removed line of the block becomes
 * `#`, so that `uv run` can still read the block and later lines keep their numbers in tracebacks.
 *
 * @param text the whole file
 */
export function scriptCopy(
  text: string,
  { toml, tree, block }: {
    /** The text of the block. */
    readonly toml: string;
    readonly tree: AST.TOMLTopLevelTable;
    readonly block: Block;
  },
): string {
  // Lines and their endings, in turn; a byte order mark stays with the first line.
  const pieces = text.split(/(\r\n|\r|\n)/);
  const first = block.first + 1;
  const keptLines = new Map(
    keptParts(toml, tree).flatMap(({ line, lines }) =>
      lines.map((source, i) => [first + line + i, source] as const)
    ),
  );
  return pieces.map((piece, i) => {
    const line = i / 2;
    if (i % 2 === 1 || line < first || line >= block.last) return piece;
    const source = keptLines.get(line) ?? "";
    return source === "" ? "#" : `# ${source}`;
  }).join("");
}

const TABLE_PATH = ["tool", "dpdispatcher"];

type Keys = readonly (string | number)[];

/** True for the `[tool.dpdispatcher]` table and everything in it. */
function isInDpdispatcherTable(path: Keys): boolean {
  return TABLE_PATH.every((key, i) => path[i] === key);
}

/** True for a table that may contain `[tool.dpdispatcher]`. */
function mayContainDpdispatcherTable(path: Keys): boolean {
  return path.length < TABLE_PATH.length &&
    path.every((key, i) => key === TABLE_PATH[i]);
}

function keptParts(
  toml: string,
  tree: AST.TOMLTopLevelTable,
): readonly KeptPart[] {
  const lines = toml.split("\n");
  return tree.body.flatMap((item) => {
    if (item.type === "TOMLKeyValue") return keptPair(item, [], toml, lines);
    if (isInDpdispatcherTable(item.resolvedKey)) return [];
    const head = {
      line: item.loc.start.line - 1,
      lines: linesOf(item.key, lines),
    };
    return [
      head,
      ...item.body.flatMap((pair) =>
        keptPair(pair, item.resolvedKey, toml, lines)
      ),
    ];
  });
}

/** Whole lines: TOML allows no other pair or table on them. */
function linesOf(
  { loc: { start, end } }: AST.TOMLNode,
  lines: readonly string[],
): readonly string[] {
  return lines.slice(start.line - 1, end.line);
}

function keptPair(
  pair: AST.TOMLKeyValue,
  table: Keys,
  toml: string,
  lines: readonly string[],
): readonly KeptPart[] {
  const cuts = cutsIn(pair, table);
  if (cuts === "all") return [];
  const line = pair.loc.start.line - 1;
  if (cuts.length === 0) return [{ line, lines: linesOf(pair, lines) }];
  const [from, to] = pair.range;
  const ends = [...cuts.map(([start]) => start), to];
  const starts = [from, ...cuts.map(([, end]) => end)];
  const text = starts.map((start, i) => toml.slice(start, ends[i])).join("");
  return [{ line, lines: text.split("\n") }];
}

type Range = readonly [start: number, end: number];

/** The ranges to remove from a pair, in order: an inline table may contain `dpdispatcher` beside other keys. */
function cutsIn(pair: AST.TOMLKeyValue, table: Keys): "all" | readonly Range[] {
  const path = [...table, ...pair.key.keys.map(keyNameOf)];
  if (isInDpdispatcherTable(path)) return "all";
  const { value } = pair;
  if (!mayContainDpdispatcherTable(path) || value.type !== "TOMLInlineTable") {
    return [];
  }
  const inner = value.body.map((each) => cutsIn(each, path));
  if (inner.length > 0 && inner.every((cuts) => cuts === "all")) return "all";
  return cutPairs(value.body, inner);
}

/** A pair is removed with the comma before it; the first pair that stays has none. */
function cutPairs(
  pairs: readonly AST.TOMLKeyValue[],
  cuts: readonly ("all" | readonly Range[])[],
): readonly Range[] {
  const firstKept = cuts.findIndex((each) => each !== "all");
  const before: Range = [pairs[0]!.range[0], pairs[firstKept]!.range[0]];
  return [
    ...(firstKept > 0 ? [before] : []),
    ...cuts.slice(firstKept).flatMap((each, i): readonly Range[] => {
      const at = firstKept + i;
      return each === "all"
        ? [[pairs[at - 1]!.range[1], pairs[at]!.range[1]]]
        : each;
    }),
  ];
}
