/** `format(value, spec)` of Python: the "Format Specification Mini-Language" of its library reference, for texts, integers and fixed-point numbers, without separators of thousands. */
import { fail, ok, type Result } from "./result.ts";
import { isList, pythonStr, type PythonValue } from "./python_value.ts";

interface Spec {
  readonly fill: string;
  readonly align: string;
  readonly sign: string;
  readonly alternate: boolean;
  readonly width: number;
  readonly precision: number | null;
  readonly type: string;
}

/** No value of a header is longer. */
const MAX_WIDTH = 10_000;

const GRAMMAR =
  /^(?:(?<fill>.)?(?<align>[<>=^]))?(?<sign>[-+ ])?(?<alternate>#)?(?<zero>0)?(?<width>\d{1,9})?(?:\.(?<precision>\d{1,9}))?(?<type>[a-zA-Z%])?$/su;

export function formatPython(
  value: PythonValue,
  spec: string,
): Result<string, string> {
  if (spec === "") return ok(pythonStr(value));
  const read = readSpec(spec);
  if (read === null) return fail(unsupported(spec));
  if (typeof value === "string") return formatText(value, read, spec);
  if (typeof value === "boolean") {
    return formatNumber(BigInt(value), read, spec);
  }
  return typeof value === "bigint" || typeof value === "number"
    ? formatNumber(value, read, spec)
    : fail(
      `a format specification is not allowed for ${
        value === null ? "None" : isList(value) ? "a list" : "a dict"
      }`,
    );
}

function readSpec(spec: string): Spec | null {
  const groups = GRAMMAR.exec(spec)?.groups;
  if (groups === undefined) return null;
  const { fill, align, zero, precision, type = "" } = groups;
  const read = {
    fill: fill ?? (zero ? "0" : " "),
    align: align ?? (zero ? "0" : ""),
    sign: groups["sign"] ?? "",
    alternate: groups["alternate"] !== undefined,
    width: Number(groups["width"] ?? 0),
    precision: precision === undefined ? null : Number(precision),
    type,
  };
  return read.width > MAX_WIDTH || (read.precision ?? 0) > 100 ? null : read;
}

function unsupported(spec: string): string {
  return `the format specification "${spec}" is not supported`;
}

function formatText(
  text: string,
  spec: Spec,
  written: string,
): Result<string, string> {
  const { align, sign, alternate, precision, type } = spec;
  const isNumeric = align === "=" || sign !== "" || alternate;
  if (isNumeric || !["", "s"].includes(type)) return fail(unsupported(written));
  const letters = [...text];
  const cut = precision === null ? letters : letters.slice(0, precision);
  // "0" before the width fills a text on its right.
  const side = align === "0" || align === "" ? "<" : align;
  return ok(pad("", cut.join(""), { ...spec, align: side }));
}

/** Radix and prefix of the presentation types of integers. */
const RADIX: Readonly<Record<string, readonly [number, string]>> = {
  d: [10, ""],
  b: [2, "0b"],
  o: [8, "0o"],
  x: [16, "0x"],
  X: [16, "0X"],
};

function formatNumber(
  value: bigint | number,
  spec: Spec,
  written: string,
): Result<string, string> {
  const { alternate, precision, type } = spec;
  const isNegative = value < 0 || Object.is(value, -0);
  const sign = isNegative ? "-" : spec.sign.replace("-", "");
  const digits = digitsOf(value, spec);
  if (digits === null) return fail(unsupported(written));
  const prefix = alternate && precision === null ? RADIX[type]?.[1] ?? "" : "";
  const align = spec.align === "" ? ">" : spec.align === "0" ? "=" : spec.align;
  return ok(pad(`${sign}${prefix}`, digits, { ...spec, align }));
}

/** The digits without sign; null: the presentation type is not supported for the value. */
function digitsOf(
  value: bigint | number,
  { type, precision, alternate }: Spec,
): string | null {
  if (type === "f" || type === "F") {
    const size = Math.abs(Number(value));
    return size < 1e21 && !alternate ? fixed(size, precision ?? 6) : null;
  }
  if (precision !== null) return null;
  if (typeof value === "number") {
    return type === "" && !alternate && Number.isFinite(value)
      ? pythonStr(Math.abs(value))
      : null;
  }
  const [radix] = RADIX[type || "d"] ?? [];
  if (radix === undefined) return null;
  const digits = (value < 0n ? -value : value).toString(radix);
  return type === "X" ? digits.toUpperCase() : digits;
}

/** Halves are rounded to the even digit, as in Python; JavaScript rounds them up. */
function fixed(size: number, precision: number): string {
  const rounded = size.toFixed(precision);
  const exact = size.toFixed(Math.min(100, precision + 1));
  const isHalf = exact.endsWith("5") && Number(exact) === size &&
    precision < 100;
  if (!isHalf) return rounded;
  const cut = exact.slice(0, -1).replace(/\.$/, "");
  return /[02468]\.?$/.test(cut) ? cut : rounded;
}

/** `sign` stays in front of what fills a number. */
function pad(
  sign: string,
  text: string,
  { fill, align, width }: Spec,
): string {
  const missing = Math.max(0, width - [...sign, ...text].length);
  switch (align) {
    case "<":
      return sign + text + fill.repeat(missing);
    case "^": {
      const left = Math.floor(missing / 2);
      return fill.repeat(left) + sign + text + fill.repeat(missing - left);
    }
    case "=":
      return sign + fill.repeat(missing) + text;
    default:
      return fill.repeat(missing) + sign + text;
  }
}
