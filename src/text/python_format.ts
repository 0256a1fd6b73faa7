/** Header templates: text with `{number_node}`-like fields, as Python's `str.format` reads it. */
import { fail, ok, type Result } from "./result.ts";
import { closestMatch } from "./closest_match.ts";

/** Lines and columns count from 1. */
export interface TemplateError {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** A template may contain a long value any number of times. */
const MAX_CHARACTERS = 2 ** 20;

/** Characters of a field that a message shows. */
const MAX_SHOWN = 40;

/**
 * Replaces fields by their values. `{{` and `}}` are braces (Python library reference, "Format String Syntax");
 * format specifications and subscripts are errors.
 */
export function fillTemplate(
  text: string,
  fields: Readonly<Record<string, string>>,
): Result<string, TemplateError> {
  const parts: string[] = [];
  let length = 0;
  for (
    const { 0: part, index } of text.matchAll(
      /\{\{|\}\}|\{[^{}]*\}|[{}]|[^{}]+/g,
    )
  ) {
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
  fields: Readonly<Record<string, string>>,
): Result<string, string> {
  if (part === "{{" || part === "}}") return ok(part.charAt(0));
  if (part === "{" || part === "}") {
    return fail(
      `a single ${part} in the template; write ${part}${part} for a literal brace`,
    );
  }
  if (!part.startsWith("{")) return ok(part);
  const name = part.slice(1, -1);
  if (Object.hasOwn(fields, name)) return ok(fields[name]!);
  const shown = part.length > MAX_SHOWN ? `${part.slice(0, MAX_SHOWN)}…` : part;
  return fail(`${shown} in the template ${unknownFieldMessage(name, fields)}`);
}

function unknownFieldMessage(
  name: string,
  fields: Readonly<Record<string, string>>,
): string {
  const bare = name.split(/[:!.[]/)[0] ?? "";
  if (bare !== name && Object.hasOwn(fields, bare)) {
    return `has a format specification or subscript, which is not supported; write {${bare}}`;
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
