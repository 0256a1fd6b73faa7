/** Header templates: text with fields such as `{number_node}`, as Python's `str.format` reads it. */
import { fail, ok, type Result } from "./result.ts";
import { closestMatch } from "./closest_match.ts";
import { formatPython } from "./python_format_spec.ts";
import {
  isList,
  pythonAscii,
  pythonRepr,
  pythonStr,
  type PythonValue,
} from "./python_value.ts";

/** Lines and columns count from 1. */
export interface TemplateError {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** The fields by name; null: it has no value. */
export type TemplateFields = Readonly<Record<string, PythonValue>>;

/** A template may contain a long value any number of times. */
const MAX_CHARACTERS = 2 ** 20;

/** Characters of a field that a message shows. */
const MAX_SHOWN = 40;

/** A replacement field, in which the format specification may have fields again; doubled and single braces; other text. */
const PARTS = /\{\{|\}\}|\{(?:[^{}]|\{[^{}]*\})*\}|[{}]|[^{}]+/g;

/**
 * Replaces fields by their values, `{kwargs[qos]}`, `{custom_flags[0]}`, `{queue_name!r}` and
 * `{number_node:02d}` too. `{{` and `}}` are braces (Python library reference, "Format String Syntax").
 */
export function fillTemplate(
  text: string,
  fields: TemplateFields,
): Result<string, TemplateError> {
  const parts: string[] = [];
  let length = 0;
  for (const { 0: part, index } of text.matchAll(PARTS)) {
    const filled = fillPart(part, fields);
    if (!filled.ok) {
      return fail({ ...locationIn(text, index), message: filled.error });
    }
    parts.push(filled.value);
    length += filled.value.length;
    if (length > MAX_CHARACTERS) {
      const message =
        `the header is longer than ${MAX_CHARACTERS} characters after its fields are replaced`;
      return fail({ ...locationIn(text, index), message });
    }
  }
  return ok(parts.join(""));
}

function fillPart(
  part: string,
  fields: TemplateFields,
): Result<string, string> {
  if (part === "{{" || part === "}}") return ok(part.charAt(0));
  if (part === "{" || part === "}") {
    return fail(
      `a single ${part} in the template; write ${part}${part} for a literal brace`,
    );
  }
  if (!part.startsWith("{")) return ok(part);
  const filled = fillField(part.slice(1, -1), fields);
  if (filled.ok) return filled;
  const shown = part.length > MAX_SHOWN ? `${part.slice(0, MAX_SHOWN)}…` : part;
  return fail(`${shown} in the template ${filled.error}`);
}

/** Name, subscripts, conversion, format specification. */
const FIELD = /^([^[\]:!{}]*)((?:\[[^\]]*\])*)(?:!([^:]*))?(?::([^]*))?$/;

function fillField(
  field: string,
  fields: TemplateFields,
): Result<string, string> {
  const [, name = "", path = "", conversion, rest = ""] = FIELD.exec(field) ??
    [];
  if (!Object.hasOwn(fields, name)) return fail(unknownField(name, fields));
  if (fields[name] === null) {
    return fail(`has no value; set ${name} in resources`);
  }
  const value = lookUp(name, fields[name]!, path);
  if (!value.ok) return value;
  const converted = convert(value.value, conversion);
  if (!converted.ok) return converted;
  const spec = fillSpec(rest, fields);
  if (!spec.ok) return spec;
  const text = formatPython(converted.value, spec.value);
  return text.ok ? text : fail(`cannot be formatted: ${text.error}`);
}

/** Fields in a format specification are replaced first: `{queue_name:{number_node}}`. */
function fillSpec(
  spec: string,
  fields: TemplateFields,
): Result<string, string> {
  const inner = /\{([^{}]*)\}/.exec(spec);
  if (inner === null) return ok(spec);
  const filled = fillField(inner[1]!, fields);
  if (!filled.ok || /[{}]/.test(filled.value)) return filled;
  return fillSpec(spec.replace(inner[0], () => filled.value), fields);
}

/** `[0]` is an element of a list, `[qos]` a key of a dict. */
function lookUp(
  name: string,
  value: PythonValue,
  path: string,
): Result<PythonValue, string> {
  const [, key, rest = ""] = /^\[([^\]]*)\]([^]*)$/.exec(path) ?? [];
  if (key === undefined) return ok(value);
  const found = childOf(value, key);
  return found === undefined
    ? fail(`has no value: ${name} has no [${key}]`)
    : lookUp(`${name}[${key}]`, found, rest);
}

function childOf(value: PythonValue, key: string): PythonValue | undefined {
  if (value instanceof Map) return value.get(key);
  return isList(value as PythonValue) && /^\d+$/.test(key)
    ? (value as readonly PythonValue[])[Number(key)]
    : undefined;
}

function convert(
  value: PythonValue,
  conversion: string | undefined,
): Result<PythonValue, string> {
  switch (conversion) {
    case undefined:
      return ok(value);
    case "r":
      return ok(pythonRepr(value));
    case "s":
      return ok(pythonStr(value));
    case "a":
      return ok(pythonAscii(value));
    default:
      return fail("has an unknown conversion; after ! follows r, s or a");
  }
}

function unknownField(name: string, fields: TemplateFields): string {
  const bare = name.split(".")[0] ?? "";
  if (bare !== name && Object.hasOwn(fields, bare)) {
    return `has an attribute, which is not supported; write {${bare}} or {${bare}[key]}`;
  }
  const meant = closestMatch(name, Object.keys(fields));
  if (meant !== null) {
    return `is not a field of resources; did you mean {${meant}}?`;
  }
  const known = Object.keys(fields).join(", ");
  return `is not one of ${known}; write {{ and }} for literal braces`;
}

function locationIn(
  text: string,
  offset: number,
): { readonly line: number; readonly column: number } {
  const lines = text.slice(0, offset).split("\n");
  return { line: lines.length, column: (lines.at(-1) ?? "").length + 1 };
}
