/** Header templates: text with `{number_node}`-like fields, as Python's `str.format` reads it. */
import { fail, ok, type Result } from "./result.ts";
import { closestMatch } from "./closest_match.ts";

/** Lines and columns count from 1. */
export interface TemplateError {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** A long value may stand in a template any number of times. */
const MAX_CHARACTERS = 2 ** 20;

/** Of a field's name in a message. */
const SHOWN = 40;

/**
 * Puts the fields' values in. `{{` and `}}` are braces (Python library reference, "Format String Syntax");
 * format specifications and subscripts are refused.
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
        `filled in, the template is longer than ${MAX_CHARACTERS} characters`;
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
      `a single ${part} in the template; write ${part}${part} for a brace`,
    );
  }
  if (!part.startsWith("{")) return ok(part);
  const name = part.slice(1, -1);
  if (Object.hasOwn(fields, name)) return ok(fields[name]!);
  const shown = part.length > SHOWN ? `${part.slice(0, SHOWN)}…` : part;
  return fail(`${shown} in the template ${unknownFieldMessage(name, fields)}`);
}

function unknownFieldMessage(
  name: string,
  fields: Readonly<Record<string, string>>,
): string {
  const bare = name.split(/[:!.[]/)[0] ?? "";
  if (bare !== name && Object.hasOwn(fields, bare)) {
    return `must be plain: write {${bare}}`;
  }
  const meant = closestMatch(name, Object.keys(fields));
  if (meant !== null) {
    return `names no field of resources; did you mean {${meant}}?`;
  }
  const known = Object.keys(fields).join(", ");
  return `is none of ${known}; for braces write {{ and }}`;
}

function locationIn(
  text: string,
  offset: number,
): { readonly line: number; readonly column: number } {
  const lines = text.slice(0, offset).split("\n");
  return { line: lines.length, column: (lines.at(-1) ?? "").length + 1 };
}
