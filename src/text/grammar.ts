/** Small joints of sentences. */

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

/** `a`, `a or b`, `a, b or c`; with the joint "and" likewise. */
export function joinWords(
  words: readonly string[],
  joint: "or" | "and" = "or",
): string {
  const last = words.at(-1) ?? "";
  return words.length < 2
    ? last
    : `${words.slice(0, -1).join(", ")} ${joint} ${last}`;
}

/** A sentence as part of another: no capital, no full stop. */
export function clause(sentence: string): string {
  return lowerFirst(sentence.replace(/\.$/, ""));
}
