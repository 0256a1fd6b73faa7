import type { Screen } from "../../world.ts";
import type { Line } from "./line.ts";

/** ECMA-48 SGR: yellow, red. */
const COLORS = { news: null, warning: 33, failure: 31 } as const;

/** The line with its end, in the colour of its tone where the screen has colours. */
export function paint({ tone, text }: Line, { color }: Screen): string {
  const code = COLORS[tone];
  return color && code !== null ? `\x1b[${code}m${text}\x1b[0m\n` : `${text}\n`;
}
