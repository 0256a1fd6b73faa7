/** Python values as far as JSON and TOML have them, and their texts. */
import { pythonFlag, pythonFloat } from "./python_repr.ts";

/** A bigint is an int, a number is a float, a map is a dict, null is None. */
export type PythonValue =
  | null
  | boolean
  | bigint
  | number
  | string
  | readonly PythonValue[]
  | ReadonlyMap<string, PythonValue>;

/** `str(value)`. */
export function pythonStr(value: PythonValue): string {
  return typeof value === "string" ? value : pythonRepr(value);
}

/** `repr(value)`. */
export function pythonRepr(value: PythonValue): string {
  if (value === null) return "None";
  switch (typeof value) {
    case "boolean":
      return pythonFlag(value);
    case "number":
      return pythonFloat(value);
    case "bigint":
      return String(value);
    case "string":
      return reprOfText(value);
  }
  if (isList(value)) return `[${value.map(pythonRepr).join(", ")}]`;
  const entries = [...value].map(([key, each]) =>
    `${reprOfText(key)}: ${pythonRepr(each)}`
  );
  return `{${entries.join(", ")}}`;
}

/** `ascii(value)`. */
export function pythonAscii(value: PythonValue): string {
  return pythonRepr(value).replaceAll(/[^\0-\x7f]/gu, escapeSign);
}

/** TypeScript's own `Array.isArray` does not narrow a read-only array. */
export function isList(value: PythonValue): value is readonly PythonValue[] {
  return Array.isArray(value);
}

const SHORT: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
};

/** In single quotes, unless only double quotes need no escape. Unicode's categories "Other" and "Separator" are escaped, but for the space. */
function reprOfText(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const inside = text.replaceAll(/[\\'\p{C}\p{Z}]/gu, (sign) => {
    if (sign === " " || (sign === "'" && quote === '"')) return sign;
    return sign === "'" ? "\\'" : SHORT[sign] ?? escapeSign(sign);
  });
  return `${quote}${inside}${quote}`;
}

function escapeSign(sign: string): string {
  const code = sign.codePointAt(0)!;
  const hex = (digits: number) => code.toString(16).padStart(digits, "0");
  if (code < 0x100) return `\\x${hex(2)}`;
  return code < 0x10000 ? `\\u${hex(4)}` : `\\U${hex(8)}`;
}
