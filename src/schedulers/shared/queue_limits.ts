/** What the parsers of queue limits share. */
import { parseInteger } from "../../text/parse_number.ts";

/** The highest limit of several queues or kinds of nodes; null: no limit. */
export function mostOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 || known.length < values.length
    ? null
    : known.reduce((most, value) => Math.max(most, value));
}

/** The lowest of several limits on one resource; null: no limit. */
export function leastOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0
    ? null
    : known.reduce((least, value) => Math.min(least, value));
}

/** A whole number without a unit, or null. */
export function countOf(text: string | undefined): number | null {
  return parseInteger(text);
}

/** Seconds of `D-HH:MM:SS`, `HH:MM:SS`, `MM:SS` or `SS`; any other word is no limit. */
export function timeOf(text: string | undefined): number | null {
  const [, days = 0, clock] = /^(?:(\d{1,6})-)?(\d{1,9}(?::\d{1,9}){0,2})$/
    .exec(text ?? "") ?? [];
  if (clock === undefined) return null;
  const seconds = clock.split(":").reduce(
    (sum, part) => 60 * sum + Number(part),
    0,
  );
  return 86_400 * Number(days) + seconds;
}
