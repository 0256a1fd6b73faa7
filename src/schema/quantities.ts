/** Quantities that are written with a unit: times and sizes. */
import * as v from "valibot";
import type { Value } from "./field.ts";

/** Seconds; written as an integer, or as `HH:MM:SS` or `D-HH:MM:SS`. */
export const duration: Value<number> = {
  form: "value",
  expected:
    'a time such as "24:00:00" or "2-00:00:00", or an integer (seconds)',
  schema: amount(secondsOf),
};

/** MiB; written as an integer, or with a unit. */
export const size: Value<number> = {
  form: "value",
  expected: 'a size such as "4GB" or "512MB", or an integer (MiB)',
  schema: amount(mebibytesOf),
};

/** An integer above 0, or a string that `read` turns into one. */
function amount(read: (text: string) => number | null) {
  return v.pipe(
    v.union([v.string(), v.pipe(v.number(), v.integer())]),
    v.transform((value) => typeof value === "string" ? read(value) : value),
    v.number(),
    v.integer(),
    v.safeInteger(),
    v.minValue(1),
  );
}

/** `HH:MM:SS` or `D-HH:MM:SS`; digits alone are seconds. Null: the text has none of these forms. */
export function secondsOf(text: string): number | null {
  const [, bare, days = 0, hours, minutes, seconds] =
    text.match(/^(?:(\d+)|(?:(\d+)-)?(\d+):([0-5]?\d):([0-5]?\d))$/) ?? [];
  if (bare !== undefined) return Number(bare);
  if (hours === undefined) return null;
  return 86400 * Number(days) + 3600 * Number(hours) + 60 * Number(minutes) +
    Number(seconds);
}

/** MiB in a unit. Batch systems count in powers of 1024, whichever unit letters they accept. */
const UNITS: Readonly<Record<string, number>> = {
  k: 1 / 1024,
  m: 1,
  g: 1024,
  t: 1024 ** 2,
};

/** `4GB`, `4 GiB`, `4G`, `1.5g`; digits alone are MiB. Rounded up. Null: the text has none of these forms. */
export function mebibytesOf(text: string): number | null {
  const [, number, unit = "m"] =
    text.match(/^ *(\d+(?:\.\d+)?) ?(?:([kmgt])(?:i?b)?)? *$/i) ?? [];
  return number === undefined
    ? null
    : Math.ceil(Number(number) * UNITS[unit.toLowerCase()]!);
}
