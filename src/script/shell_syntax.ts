/** How far a piece of shell text extends. Bash's quoting rules without its grammar: enough to know where words end. */

/** True for text that bash reads as exactly one word after `NAME=`. */
export function isOneWord(text: string): boolean {
  return scanTo(text, 0, (sign) => " \t\n|&;()<>".includes(sign)) ===
    text.length;
}

/** True for text that bash reads to its end: every quotation and expansion in it is closed. */
export function isClosed(text: string): boolean {
  return scanTo(text, 0, () => false) === text.length;
}

/**
 * The text as one word in double quotes: `$`, backtick and backslash keep their
 * meaning, `"` loses it. Null where something is not closed.
 */
export function doubleQuoted(text: string): string | null {
  const parts: string[] = [];
  for (let at = 0; at < text.length;) {
    const next = pastInDouble(text, at);
    if (next < 0) return null;
    parts.push(text[at] === '"' ? '\\"' : text.slice(at, next));
    at = next;
  }
  return `"${parts.join("")}"`;
}

/** The index from `from` on where `stop` returns true, or the length; -1 where something is not closed. */
function scanTo(
  text: string,
  from: number,
  stop: (sign: string, at: number) => boolean,
): number {
  for (let at = from; at < text.length;) {
    if (stop(text[at]!, at)) return at;
    at = past(text, at);
    if (at < 0) return -1;
  }
  return text.length;
}

/** The index after the one character, escape, quotation or expansion at `at`; -1 where it is not closed. */
function past(text: string, at: number): number {
  switch (text[at]) {
    case "'":
      return text.indexOf("'", at + 1) + 1 || -1;
    case '"':
      return pastDouble(text, at);
    case "$":
      return text[at + 1] === "'"
        ? pastEscaped(text, at + 2, "'")
        : pastInDouble(text, at);
    default:
      return pastInDouble(text, at);
  }
}

/** As `past`, where quotation marks are ordinary characters. */
function pastInDouble(text: string, at: number): number {
  switch (text[at]) {
    case "\\":
      return at + 1 < text.length ? at + 2 : -1;
    case "`":
      return pastEscaped(text, at + 1, "`");
    case "$":
      return pastExpansion(text, at);
    default:
      return at + 1;
  }
}

function pastExpansion(text: string, at: number): number {
  switch (text[at + 1]) {
    case "(":
      return pastParens(text, at + 2);
    case "{":
      return pastClose(text, at + 2, "}");
    case "[":
      return pastClose(text, at + 2, "]");
    case "$":
      return at + 2;
    default:
      return at + 1;
  }
}

function pastDouble(text: string, open: number): number {
  for (let at = open + 1; at < text.length;) {
    if (text[at] === '"') return at + 1;
    // Whether single quotes count inside "${…}" depends on the operator, which matters only where they contain special characters.
    if (
      text.startsWith("${", at) &&
      !/^[^']*$|^[^']*('[^'"}\\$`]*'[^']*)+$/.test(inside(text, at))
    ) return -1;
    at = pastInDouble(text, at);
    if (at < 0) return -1;
  }
  return -1;
}

function inside(text: string, at: number): string {
  const end = pastInDouble(text, at);
  return end < 0 ? text.slice(at) : text.slice(at, end);
}

/** The index after the first `sign` without a backslash before it. */
function pastEscaped(text: string, from: number, sign: string): number {
  for (let at = from; at < text.length; at++) {
    if (text[at] === sign) return at + 1;
    if (text[at] === "\\") at++;
  }
  return -1;
}

function pastClose(text: string, from: number, close: string): number {
  const end = scanTo(text, from, (sign) => sign === close);
  return end < 0 || end === text.length ? -1 : end + 1;
}

/** The index after the `)` of a command substitution or arithmetic; a comment in it may contain any character. */
function pastParens(text: string, from: number): number {
  for (let at = from; at < text.length;) {
    if (text[at] === ")") return at + 1;
    if (text[at] === "(") at = pastParens(text, at + 1);
    else if (text[at] === "#" && /[\s;&|(]/.test(text[at - 1]!)) {
      at = text.indexOf("\n", at);
    } else at = past(text, at);
    if (at < 0) return -1;
  }
  return -1;
}
