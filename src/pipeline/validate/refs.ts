/** `$ref`: a table in a JSON or YAML file. */
import type { TableEntry, TableNode, ValueNode } from "../parse/node.ts";
import { readYaml } from "../parse/yaml.ts";
import { sha256 } from "../../text/hash.ts";
import { parent, resolve } from "../../text/path.ts";
import type { Files } from "../../environment/environment.ts";
import { addError, type Findings } from "./diagnostics.ts";
import { mayDo, type Trust } from "./trust_needs.ts";
import { decodeSmallFile, readSmall } from "./read_small.ts";
import {
  cut,
  describeNode,
  formatValue,
  quoteForMessage,
} from "./format_value.ts";

export interface RefContext {
  readonly files: Files;
  readonly trust: Trust;
  /** Absolute. */
  readonly cwd: string;
  /** The files read so far, counted because files that name each other twice would be read a million times. */
  readonly followed: string[];
}

const MAX_REFS = 100;

/** The table with every `$ref` in it replaced by the table of its file; keys beside a `$ref` replace those of the file. */
export async function resolveRefs(
  table: TableNode,
  given: Omit<RefContext, "followed">,
): Promise<TableNode> {
  const refs = { ...given, followed: [] };
  if (refs.trust.isTrusted) return await resolveTable(table, [], refs);
  const found = findRefs(table);
  for (const { keyLocation, node } of found) {
    const named = node.kind === "string"
      ? quoteForMessage(node.value)
      : "another file";
    mayDo(refs.trust, {
      ...{ location: keyLocation, field: "$ref", digest: null },
      does: `reads ${named}`,
    });
  }
  return found.length === 0 ? table : markPartial(table) as TableNode;
}

function findRefs(node: ValueNode): readonly TableEntry[] {
  if (node.kind === "array") return node.value.flatMap(findRefs);
  if (node.kind !== "table") return [];
  return [...node.value].flatMap(([key, entry]) => {
    if (key.startsWith("_")) return [];
    return key === "$ref" ? [entry] : findRefs(entry.node);
  });
}

/** Marks tables with a `$ref` that is not followed: a missing key may be in its file. */
function markPartial(node: ValueNode): ValueNode {
  if (node.kind === "array") {
    return { ...node, value: node.value.map(markPartial) };
  }
  if (node.kind !== "table") return node;
  const own = withoutRef(node).map(([key, entry]) =>
    [key, { ...entry, node: markPartial(entry.node) }] as const
  );
  const table = { ...node, value: new Map(own) };
  return node.value.has("$ref") ? { ...table, partial: true } : table;
}

function withoutRef(
  table: TableNode,
): readonly (readonly [string, TableEntry])[] {
  return [...table.value].filter(([key]) => key !== "$ref");
}

/** `chain`: the files whose `$ref` led to this node. */
async function resolveNode(
  node: ValueNode,
  chain: readonly string[],
  refs: RefContext,
): Promise<ValueNode> {
  if (node.kind === "array") {
    return {
      ...node,
      value: await Promise.all(
        node.value.map((entry) => resolveNode(entry, chain, refs)),
      ),
    };
  }
  return node.kind === "table" ? await resolveTable(node, chain, refs) : node;
}

async function resolveTable(
  table: TableNode,
  chain: readonly string[],
  refs: RefContext,
): Promise<TableNode> {
  const own = await Promise.all(
    withoutRef(table).map(async ([key, entry]) => {
      if (key.startsWith("_")) return [key, entry] as const;
      return [key, {
        ...entry,
        node: await resolveNode(entry.node, chain, refs),
      }] as const;
    }),
  );
  const named = table.value.get("$ref");
  if (named === undefined) return { ...table, value: new Map(own) };
  const read = await readRef(named.node, chain, refs);
  const value = new Map([...(read?.value ?? []), ...own]);
  return read === null || read.partial
    ? { ...table, value, partial: true }
    : { ...table, value };
}

/** The table that a `$ref` names, with its own `$ref` resolved; null after an error. */
async function readRef(
  node: ValueNode,
  chain: readonly string[],
  refs: RefContext,
): Promise<TableNode | null> {
  const { findings } = refs.trust;
  const refuse = (message: string): null => {
    addError(findings, node.location, message);
    return null;
  };
  if (node.kind !== "string") {
    return refuse(
      `$ref must be a string, the name of a file, got ${formatValue(node)}`,
    );
  }
  if (!/\.(json|ya?ml)$/i.test(node.value)) {
    return refuse(
      `$ref must name a local file that ends in .json, .yaml or .yml, got ${
        quoteForMessage(node.value)
      }`,
    );
  }
  const candidates = candidatesFor(node.value, node.location.file, refs.cwd);
  const kinds = candidates.map((path) => refs.files.stat(path)?.kind);
  const path = candidates[kinds.indexOf("file")] ??
    candidates[kinds.findIndex((kind) => kind !== undefined)];
  if (path === undefined) {
    return refuse(
      `$ref names ${quoteForMessage(node.value)}, which does not exist; tried ${
        candidates.map((path) => cut(display(path, refs.cwd))).join(" and ")
      }`,
    );
  }
  const steps = [...chain, path];
  if (chain.includes(path)) {
    const circle = steps.slice(chain.indexOf(path)).map((step) =>
      display(step, refs.cwd)
    );
    return refuse(`circular $ref: ${circle.join(" → ")}`);
  }
  refs.followed.push(path);
  if (refs.followed.length > MAX_REFS) {
    return refuse(`more than ${MAX_REFS} $ref in total`);
  }
  const bytes = readSmall(path, refs.files);
  if (!bytes.ok) {
    return refuse(
      `$ref names ${quoteForMessage(node.value)}, which ${bytes.error}`,
    );
  }
  mayDo(refs.trust, {
    ...{ location: node.location, field: "$ref", digest: sha256(bytes.value) },
    does: `reads the file ${path}`,
  });
  const table = await readMapping(
    display(path, refs.cwd),
    bytes.value,
    findings,
  );
  return table === null ? null : await resolveTable(table, steps, refs);
}

/** First in the directory of the file with the `$ref`, then in the current directory. */
function candidatesFor(
  name: string,
  holder: string,
  cwd: string,
): readonly string[] {
  const beside = resolve(parent(resolve(cwd, holder)), name);
  return [...new Set([beside, resolve(cwd, name)])];
}

/** The table of a file; errors have locations in that file. */
async function readMapping(
  file: string,
  bytes: Uint8Array,
  findings: Findings,
): Promise<TableNode | null> {
  const text = decodeSmallFile(file, bytes, findings);
  if (text === null) return null;
  const read = await readYaml(file, text);
  if (!read.ok) {
    findings.errors.push(...read.error);
    return null;
  }
  if (read.value.kind === "table") return read.value;
  const found = read.value.kind === "null"
    ? "nothing"
    : describeNode(read.value);
  addError(
    findings,
    read.value.location,
    `a $ref file must contain a table, got ${found}`,
  );
  return null;
}

/** The path relative to the current directory if it is inside it. */
function display(path: string, cwd: string): string {
  const inside = cwd.endsWith("/") ? cwd : `${cwd}/`;
  return path.startsWith(inside) ? path.slice(inside.length) : path;
}
