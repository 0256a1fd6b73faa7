/** Text from outside, made safe for a terminal: every control character is visible. */

/**
 * Control characters (C0, DEL, C1), bidirectional controls, characters without
 * width (Unicode: Default_Ignorable_Code_Point), line ends that only
 * some programs support, and lone surrogates. Newline, tab and the variation
 * selectors of emoji are not hidden characters.
 */
const HIDDEN =
  /(?![\n\t\u{fe00}-\u{fe0f}])[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u{fff9}-\u{fffb}]/gu;

/** The text with each such character as its code point: `\x1b`, `\u202e`. Windows line ends become newlines. */
export function visible(text: string): string {
  return text.replaceAll("\r\n", "\n").replace(HIDDEN, numberOf);
}

function numberOf(character: string): string {
  const point = character.codePointAt(0)!;
  // A byte of a name that is not UTF-8 is a lone surrogate in text.
  const isByte = point >= 0xdc80 && point <= 0xdcff;
  const number = (isByte ? point - 0xdc00 : point).toString(16);
  if (number.length <= 2) return `\\x${number.padStart(2, "0")}`;
  return number.length <= 4
    ? `\\u${number.padStart(4, "0")}`
    : `\\u{${number}}`;
}

/** The text without colours and other terminal control sequences (ECMA-48 CSI). */
export function withoutColors(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replace(/\x1b\[[0-?]*[ -/]*[@-~]/g, "");
}

/** The value as JSON in which every character is visible. */
export function visibleJson(value: unknown): string {
  return JSON.stringify(value).replace(HIDDEN, escapes);
}

/** JSON has escapes for UTF-16 code units. */
function escapes(character: string): string {
  return character.split("").map((unit) =>
    `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`
  ).join("");
}
