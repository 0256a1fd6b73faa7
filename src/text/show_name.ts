/** Names in messages. */

/** In double quotes, each byte that is no UTF-8 as `\xNN`. */
export function showName(name: string): string {
  return JSON.stringify(name).replace(/\\udc([89a-f][0-9a-f])/g, "\\x$1");
}

/** Of many names so many are shown. */
const SHOWN = 5;

/** `"a", "b" and 3 more`. */
export function someNames(names: readonly string[]): string {
  const more = names.length - SHOWN;
  const shown = names.slice(0, SHOWN).map(showName).join(", ");
  return more > 0 ? `${shown} and ${more} more` : shown;
}
