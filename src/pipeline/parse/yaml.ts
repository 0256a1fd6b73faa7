/** JSON and YAML 1.2 (which includes JSON) as the same tree that TOML gives. */
import type {
  Alias,
  Document,
  Node as YamlNode,
  Pair,
  ParsedNode,
  Scalar,
} from "yaml";
import { fail, ok, type Result } from "../../text/result.ts";
import type { Diagnostic, SourceLocation } from "../../model/diagnostic.ts";
import { childrenOf, MAX_WORDS, tooMany } from "./limits.ts";
import { exactInteger, type TableEntry, type ValueNode } from "./node.ts";
import { excessOfYaml } from "./yaml_limits.ts";

type Yaml = typeof import("yaml");

/** Loads the YAML package on first use, because most runs do not need it. */
export async function readYaml(
  file: string,
  text: string,
): Promise<Result<ValueNode, readonly Diagnostic[]>> {
  const yaml = await import("yaml");
  const lines = new yaml.LineCounter();
  const what = /\.json$/i.test(file) ? "JSON" : "YAML";
  const excess = excessOfYaml(yaml, text);
  if (excess !== null) {
    const above = text.slice(0, excess.offset).split("\n");
    const location = {
      file,
      line: above.length,
      column: above.at(-1)!.length + 1,
    };
    return fail([{
      location,
      message: `cannot be read: ${excess.message}`,
    }]);
  }
  const document = yaml.parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    intAsBigInt: true,
    uniqueKeys: false, // the check of the package takes quadratic time
  });
  const toLocation = (offset: number): SourceLocation => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const problems = [...document.errors, ...document.warnings];
  if (problems.length > 0) {
    return fail(problems.map(({ pos, code }) => ({
      location: toLocation(pos[0]),
      message: `not valid ${what}: ${HINTS[code] ?? OTHERWISE}`,
    })));
  }
  const { aliases, errors } = aliasesOf(yaml, document, toLocation);
  if (errors.length > 0) return fail(errors);
  const converted = convert(document.contents, {
    yaml,
    aliases,
    toLocation,
    what,
  });
  return converted.errors.length > 0
    ? fail(converted.errors)
    : ok(converted.node);
}

type Aliases = ReadonlyMap<Alias, YamlNode>;

/** The node that each alias names; an error for an undefined alias (in YAML `- *.log` is an alias) and for a circular one. */
function aliasesOf(
  yaml: Yaml,
  document: Document.Parsed,
  toLocation: (offset: number) => SourceLocation,
): { readonly aliases: Aliases; readonly errors: readonly Diagnostic[] } {
  const errors: Diagnostic[] = [];
  const anchors = new Map<string, YamlNode>();
  const aliases = new Map<Alias, YamlNode>();
  yaml.visit(document, {
    Value(_, node) {
      if (node.anchor) anchors.set(node.anchor, node);
    },
    Alias(_, alias, path) {
      const target = anchors.get(alias.source);
      if (target !== undefined && !path.includes(target)) {
        aliases.set(alias, target);
        return;
      }
      errors.push({
        location: toLocation(alias.range?.[0] ?? 0),
        message: target === undefined
          ? "not valid YAML: undefined alias; a string that begins with * needs quotes"
          : "not valid YAML: circular alias",
      });
    },
  });
  return { aliases, errors };
}

/** By the codes of the parser. Its own messages quote the file, which may contain a password. */
const HINTS: Readonly<Record<string, string>> = {
  BAD_DQ_ESCAPE:
    "in double quotes a backslash begins an escape; use single quotes or write \\\\",
  BAD_SCALAR_START: "a string that begins with @ or ` needs quotes",
  BLOCK_AS_IMPLICIT_KEY:
    "a second key on one line, or a value that spans lines; a string with ': ' needs quotes",
  KEY_OVER_1024_CHARS: "a key is too long; is a : or a line break missing?",
  MISSING_CHAR:
    "a quote, a comma, a bracket, or the space after : is missing here",
  MULTILINE_IMPLICIT_KEY:
    "a key must be on one line; is a : missing on this line?",
  TAG_RESOLVE_FAILED: "a string that begins with ! needs quotes",
  UNEXPECTED_TOKEN:
    "unexpected character; a string with special characters needs quotes",
  TAB_AS_INDENT: "indent with spaces, not tabs",
  MULTIPLE_DOCS: "a second document begins here; the file may contain only one",
  BAD_INDENT: "wrong indentation, or a closing ] or } is missing before this",
};

const OTHERWISE = "it cannot be read from here on";

interface Source {
  readonly yaml: Yaml;
  readonly aliases: Aliases;
  readonly toLocation: (offset: number) => SourceLocation;
  /** JSON or YAML. */
  readonly what: string;
}

/** Converts each node once, however many aliases name it; the limit of values counts aliases too. */
function convert(
  contents: unknown,
  { yaml, aliases, toLocation, what }: Source,
): { readonly node: ValueNode; readonly errors: readonly Diagnostic[] } {
  const errors: Diagnostic[] = [];
  const done = new Map<unknown, ValueNode>();
  const sizes = new Map<ValueNode, number>();
  const spot = (node: unknown): SourceLocation =>
    toLocation((node as ParsedNode | null)?.range?.[0] ?? 0);
  const wrong = (location: SourceLocation, message: string) =>
    errors.push({ location, message });
  const nothing = (at: unknown): ValueNode => ({
    kind: "null",
    location: spot(at),
    value: null,
  });
  const nodeOf = (node: unknown): ValueNode => {
    const known = done.get(node);
    if (known !== undefined) return known;
    const made = make(node);
    const size = childrenOf(made).reduce(
      (sum, one) => sum + sizes.get(one)!,
      1,
    );
    if (size > MAX_WORDS && errors.length === 0) {
      wrong(made.location, `cannot be read: with its aliases ${tooMany}`);
    }
    done.set(node, made);
    sizes.set(made, size);
    return made;
  };
  const make = (node: unknown): ValueNode => {
    const location = spot(node);
    if (yaml.isAlias(node)) return nodeOf(aliases.get(node));
    if (yaml.isSeq(node)) {
      return { kind: "array", location, value: node.items.map(nodeOf) };
    }
    if (yaml.isMap(node)) {
      return { kind: "table", location, value: entriesOf(node.items) };
    }
    return yaml.isScalar(node) ? leaf(node, location) : nothing(node);
  };
  const entriesOf = (
    pairs: readonly Pair[],
  ): ReadonlyMap<string, TableEntry> => {
    const entries = new Map<string, TableEntry>();
    for (const { key, value } of pairs) {
      const keyLocation = spot(key);
      if (!yaml.isScalar(key)) {
        wrong(keyLocation, `not valid ${what}: a key must be a string`);
      }
      const name = yaml.isScalar(key) ? String(key.source ?? key.value) : "";
      if (entries.has(name)) {
        wrong(keyLocation, `not valid ${what}: duplicate key`);
      }
      const node = nodeOf(value ?? null);
      entries.set(name, {
        keyLocation,
        node: value === null ? nothing(key) : node,
      });
    }
    return entries;
  };
  return { node: nodeOf(contents), errors };
}

function leaf(
  node: Scalar,
  location: SourceLocation,
): ValueNode {
  const { value } = node;
  switch (typeof value) {
    case "bigint":
      return { kind: "integer", location, value: exactInteger(value) };
    case "number":
      return { kind: "float", location, value };
    case "boolean":
      return { kind: "boolean", location, value };
    case "string":
      return { kind: "string", location, value };
    default:
      return { kind: "null", location, value: null };
  }
}
