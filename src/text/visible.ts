/** Text that others wrote, so that a terminal or a reader takes nothing in it for a command. */

/**
 * Control characters (C0, DEL, C1), what turns the direction of writing, what
 * has no width (Unicode: Default_Ignorable_Code_Point), line ends that only
 * some programs know, and halves of surrogate pairs. Newline and tab are
 * plain; the selectors of a character's variant (emoji) hide nothing.
 */
const HIDDEN =
  /(?![\n\t\u{fe00}-\u{fe0f}])[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u{fff9}-\u{fffb}]/gu;

/** The text with each such character as its number: `\x1b`, `\u202e`. A line may end as on Windows. */
export function visible(text: string): string {
  return text.replaceAll("\r\n", "\n").replace(HIDDEN, numberOf);
}

function numberOf(character: string): string {
  const point = character.codePointAt(0)!;
  // A byte of a name that is no UTF-8 stands in text as such a half.
  const isByte = point >= 0xdc80 && point <= 0xdcff;
  const number = (isByte ? point - 0xdc00 : point).toString(16);
  if (number.length <= 2) return `\\x${number.padStart(2, "0")}`;
  return number.length <= 4
    ? `\\u${number.padStart(4, "0")}`
    : `\\u{${number}}`;
}

/** The text without colours and the like (ECMA-48 CSI), where they say nothing. */
export function withoutColors(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replace(/\x1b\[[0-?]*[ -/]*[@-~]/g, "");
}

/** The value as JSON that says the same, and in which every character is visible. */
export function visibleJson(value: unknown): string {
  return JSON.stringify(value).replace(HIDDEN, escapes);
}

/** JSON has escapes for UTF-16 code units. */
function escapes(character: string): string {
  return character.split("").map((unit) =>
    `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`
  ).join("");
}
