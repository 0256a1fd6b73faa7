/** File names in messages. */

/** The name in double quotes, each byte that is not UTF-8 as `\xNN`. */
export function showName(name: string): string {
  return JSON.stringify(name).replace(/\\udc([89a-f][0-9a-f])/g, "\\x$1");
}

/** Names that a message shows. */
const MAX_SHOWN = 5;

/** `"a", "b" and 3 more`. */
export function someNames(names: readonly string[]): string {
  const more = names.length - MAX_SHOWN;
  const shown = names.slice(0, MAX_SHOWN).map(showName).join(", ");
  return more > 0 ? `${shown} and ${more} more` : shown;
}
