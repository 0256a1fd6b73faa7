/** Data as shell words. What the user wrote as shell text is never quoted here. */

/** One word of any POSIX shell that stands for exactly this text. No shell word can contain a NUL. */
export function quote(text: string): string {
  return /^[\w@%+:,./-]+$/.test(text)
    ? text
    : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** As `quote`, for commands that would take a leading dash for an option. */
export function quotePath(path: string): string {
  return quote(path.startsWith("-") ? `./${path}` : path);
}

/**
 * A pattern with `*`, `?` and `[…]` as Python's `glob` knows them, as a word
 * that the shell expands; everything else in it is literal.
 */
export function globWord(pattern: string): string {
  const parts = pattern.match(/\[!?\]?[^\]/]*\]|[*?]|[^*?[]+|\[/gs) ?? [];
  const word = parts.map((part) => {
    if (part === "*" || part === "?") return part;
    return /^\[!?[^!]/s.test(part) && part.endsWith("]")
      ? bracket(part)
      : quote(part);
  }).join("");
  if (word === "") return "''";
  return pattern.startsWith("-") ? `./${word}` : word;
}

/** A caret is literal to Python and a negation to bash. */
function bracket(part: string): string {
  const inner = part.slice(1, -1).replace(
    /[^\w.!,-]/gs,
    (sign) => sign === "\n" ? "'\n'" : `\\${sign}`,
  );
  return `[${inner}]`;
}
