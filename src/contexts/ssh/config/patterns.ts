/** Patterns of ssh_config(5), PATTERNS. */

/** Whether the text is what a pattern of `*` (any characters) and `?` (one character) says. Case counts. */
export function matches(pattern: string, text: string): boolean {
  if (!/[*?]/.test(pattern)) return pattern === text;
  const source = pattern.replace(
    /\*+|[^*]/gsu,
    (part) => part.startsWith("*") ? ".*" : part === "?" ? "." : escaped(part),
  );
  return new RegExp(`^${source}$`, "su").test(text);
}

/** Whether a pattern matches and none that `!` negates does; negated ones alone match nothing. */
export function matchesList(
  patterns: readonly string[],
  text: string,
): boolean {
  const hits = patterns.filter((pattern) =>
    matches(pattern.replace(/^!/, ""), text)
  );
  return hits.length > 0 && !hits.some((pattern) => pattern.startsWith("!"));
}

/** By number, so that no character can mean anything to the expression. */
function escaped(character: string): string {
  return `\\u{${character.codePointAt(0)!.toString(16)}}`;
}
