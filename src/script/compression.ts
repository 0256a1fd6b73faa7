import type { ShellText } from "./shell_text.ts";

export type Squeeze = "zstd" | "gzip";

/** The better one first. Level 1: the line is the bound, not the disk. */
export const squeezes: Readonly<
  Record<Squeeze, { readonly pack: ShellText; readonly unpack: ShellText }>
> = {
  zstd: { pack: "zstd -1 -q -c", unpack: "zstd -d -q -c" },
  gzip: { pack: "gzip -1 -c", unpack: "gzip -d -c" },
};

/** Prints the names of those that are there. */
export const SQUEEZES: ShellText = Object.keys(squeezes)
  .map((name) => `command -v ${name} >/dev/null 2>&1 && echo ${name}`)
  .join("\n");

/** What reads a tar from stdin, which may come squeezed. */
export function untar(options: ShellText, squeeze: Squeeze | null): ShellText {
  const tar = `tar ${options}`;
  return squeeze === null ? tar : `${squeezes[squeeze].unpack} | ${tar}`;
}

/** The best of those that the far side named; null: none. */
export function readSqueeze(text: string): Squeeze | null {
  const there = text.split("\n");
  const names = Object.keys(squeezes) as readonly Squeeze[];
  return names.find((name) => there.includes(name)) ?? null;
}
