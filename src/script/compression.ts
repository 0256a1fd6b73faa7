import type { ShellText } from "./shell_text.ts";

export type Compression = "zstd" | "gzip";

/** The better one first. Level 1: the line is the bound, not the disk. */
export const COMPRESSORS: Readonly<
  Record<Compression, { readonly pack: ShellText; readonly unpack: ShellText }>
> = {
  zstd: { pack: "zstd -1 -q -c", unpack: "zstd -d -q -c" },
  gzip: { pack: "gzip -1 -c", unpack: "gzip -d -c" },
};

/** Prints the names of those that are there. */
export const LIST_COMPRESSORS: ShellText = Object.keys(COMPRESSORS)
  .map((name) => `command -v ${name} >/dev/null 2>&1 && echo ${name}`)
  .join("\n");

/** What reads a tar from stdin, which may come squeezed. */
export function untar(
  options: ShellText,
  squeeze: Compression | null,
): ShellText {
  const tar = `tar ${options}`;
  return squeeze === null ? tar : `${COMPRESSORS[squeeze].unpack} | ${tar}`;
}

/** The best of those that the far side named; null: none. */
export function chooseCompression(text: string): Compression | null {
  const there = text.split("\n");
  const names = Object.keys(COMPRESSORS) as readonly Compression[];
  return names.find((name) => there.includes(name)) ?? null;
}
