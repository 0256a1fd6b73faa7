/** Numbers in the output of other programs. */

/** The non-negative integer in the text, without surrounding whitespace; null: it is none, or larger than `max`. */
export function parseInteger(
  text: string | undefined,
  max = 1e12,
): number | null {
  const digits = /^\d{1,13}$/.exec(text?.trim() ?? "")?.[0];
  return digits !== undefined && Number(digits) <= max ? Number(digits) : null;
}

/** The value of a word in the table; inherited properties of objects such as `constructor` do not count. */
export function lookUp<T>(
  table: Readonly<Record<string, T>>,
  word: string,
): T | undefined {
  return Object.hasOwn(table, word) ? table[word] : undefined;
}
