/** Numbers that others wrote. */

/** The whole number that the text is, blanks around it aside; null: it is none, or larger than anything that is counted here. */
export function parseInteger(
  text: string | undefined,
  most = 1e12,
): number | null {
  const digits = /^\d{1,13}$/.exec(text?.trim() ?? "")?.[0];
  return digits !== undefined && Number(digits) <= most ? Number(digits) : null;
}

/** What the table says of a word; a word of the language that it is written in is none of its own. */
export function lookUp<T>(
  table: Readonly<Record<string, T>>,
  word: string,
): T | undefined {
  return Object.hasOwn(table, word) ? table[word] : undefined;
}
