/** Helpers for sentences. */

export function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

export function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** `1 task`, `2 tasks`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/** `a`, `a or b`, `a, b or c`; or the same with "and". */
export function joinWords(
  words: readonly string[],
  conjunction: "or" | "and" = "or",
): string {
  const last = words.at(-1) ?? "";
  return words.length < 2
    ? last
    : `${words.slice(0, -1).join(", ")} ${conjunction} ${last}`;
}

/** A sentence as a part of another one: without capital and full stop. */
export function clause(sentence: string): string {
  return lowerFirst(sentence.replace(/\.$/, ""));
}
