/** Patterns of ssh_config(5), PATTERNS. */

/** Whether the text matches a pattern with `*` (any characters) and `?` (one character). Case matters. */
export function matches(pattern: string, text: string): boolean {
  if (!/[*?]/.test(pattern)) return pattern === text;
  const source = pattern.replace(
    /\*+|[^*]/gsu,
    (part) => part.startsWith("*") ? ".*" : part === "?" ? "." : escaped(part),
  );
  return new RegExp(`^${source}$`, "su").test(text);
}

/** Whether a pattern matches and no pattern that `!` negates does; negated patterns alone match nothing. */
export function matchesList(
  patterns: readonly string[],
  text: string,
): boolean {
  const matching = patterns.filter((pattern) =>
    matches(pattern.replace(/^!/, ""), text)
  );
  return matching.length > 0 &&
    !matching.some((pattern) => pattern.startsWith("!"));
}

/** As a code point, so that no character has a special meaning in the regular expression. */
function escaped(character: string): string {
  return `\\u{${character.codePointAt(0)!.toString(16)}}`;
}
