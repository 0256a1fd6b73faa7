/** JSON and YAML 1.2 (JSON is part of it) as the same tree that TOML gives. */
import type {
  Alias,
  Document,
  Node as YamlNode,
  Pair,
  ParsedNode,
  Scalar,
} from "yaml";
import { fail, ok, type Result } from "../result.ts";
import type { Mistake, Place } from "../mistake.ts";
import { type Entry, exactInteger, type Node } from "./node.ts";

type Yaml = typeof import("yaml");

/** Loads the YAML package on first use: most runs never need it. */
export async function readYaml(
  file: string,
  text: string,
): Promise<Result<Node, readonly Mistake[]>> {
  const yaml = await import("yaml");
  const lines = new yaml.LineCounter();
  const document = yaml.parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    intAsBigInt: true,
  });
  const toPlace = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const faults = [...document.errors, ...document.warnings];
  if (faults.length > 0) {
    return fail(faults.map(({ pos, code }) => ({
      place: toPlace(pos[0]),
      message: `not valid ${/\.json$/i.test(file) ? "JSON" : "YAML"}: ${
        HINTS[code] ?? OTHERWISE
      }`,
    })));
  }
  const loose = looseAliases(yaml, document, toPlace);
  if (loose.length > 0) return fail(loose);
  return ok(converter(yaml, document, toPlace)(document.contents));
}

/** `- *.log` is an alias to YAML; so is one that leads to what it stands in. */
function looseAliases(
  yaml: Yaml,
  document: Document.Parsed,
  toPlace: (offset: number) => Place,
): readonly Mistake[] {
  const mistakes: Mistake[] = [];
  yaml.visit(document, {
    Alias(_, alias, path) {
      const target = alias.resolve(document);
      if (target !== undefined && !path.includes(target)) return;
      mistakes.push({
        place: toPlace(alias.range?.[0] ?? 0),
        message: target === undefined
          ? "not valid YAML: this alias names nothing; text that begins with * needs quotes"
          : "not valid YAML: this alias stands inside what it names",
      });
    },
  });
  return mistakes;
}

/** By the parser's codes. Its own words quote the file, which may hold a password there. */
const HINTS: Readonly<Record<string, string>> = {
  BAD_DQ_ESCAPE:
    "in double quotes a backslash begins an escape; use single quotes or write \\\\",
  BAD_SCALAR_START: "text that begins with @ or ` needs quotes",
  BLOCK_AS_IMPLICIT_KEY:
    "a second key on one line, or a value that spans lines; text with ': ' needs quotes",
  KEY_OVER_1024_CHARS: "a key is too long; is a : or a line break missing?",
  MISSING_CHAR:
    "a quote, a comma, a bracket, or the space after : is missing here",
  MULTILINE_IMPLICIT_KEY:
    "a key must be on one line; is a : missing on this line?",
  TAG_RESOLVE_FAILED: "text that begins with ! needs quotes",
  UNEXPECTED_TOKEN:
    "this is not expected here; text with special characters needs quotes",
  DUPLICATE_KEY: "this key is there twice",
  TAB_AS_INDENT: "indent with spaces, not tabs",
  MULTIPLE_DOCS: "a second document begins here; the file may hold one",
  BAD_INDENT: "wrong indentation, or a closing ] or } is missing before this",
};

const OTHERWISE = "it cannot be read from here on";

/** Each node is converted once, however many aliases name it. */
function converter(
  yaml: Yaml,
  document: Document.Parsed,
  toPlace: (offset: number) => Place,
): (node: unknown) => Node {
  const done = new Map<unknown, Node>();
  const spot = (node: unknown): Place =>
    toPlace((node as ParsedNode | null)?.range?.[0] ?? 0);
  const convert = (node: unknown): Node => {
    const known = done.get(node);
    if (known !== undefined) return known;
    const made = make(node);
    done.set(node, made);
    return made;
  };
  const make = (node: unknown): Node => {
    const place = spot(node);
    if (yaml.isAlias(node)) {
      return convert((node as Alias).resolve(document as never));
    }
    if (yaml.isSeq(node)) {
      return { kind: "list", place, value: node.items.map(convert) };
    }
    if (yaml.isMap(node)) {
      return { kind: "table", place, value: new Map(node.items.map(entry)) };
    }
    if (yaml.isScalar(node)) return leaf(node, place, toPlace);
    return { kind: "null", place, value: null };
  };
  const entry = ({ key, value }: Pair): [string, Entry] => {
    const name = yaml.isScalar(key)
      ? String(key.source ?? key.value)
      : String(key);
    return [name, {
      keyPlace: spot(key),
      node: value === null ? nothing(key) : convert(value),
    }];
  };
  const nothing = (key: unknown): Node => ({
    kind: "null",
    place: spot(key),
    value: null,
  });
  return convert;
}

function leaf(
  node: Scalar,
  place: Place,
  toPlace: (offset: number) => Place,
): Node {
  const { value } = node;
  switch (typeof value) {
    case "bigint":
      return { kind: "integer", place, value: exactInteger(value) };
    case "number":
      return { kind: "float", place, value };
    case "boolean":
      return { kind: "flag", place, value };
    case "string": {
      const [from, to] = (node as YamlNode).range ?? [0, 0];
      return {
        kind: "text",
        place,
        value,
        span: { start: toPlace(from), end: toPlace(to) },
      };
    }
    default:
      return { kind: "null", place, value: null };
  }
}
