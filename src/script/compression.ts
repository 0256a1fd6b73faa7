import type { ShellText } from "./shell_text.ts";

export type Compression = "zstd" | "gzip";

/** The better one first. Level 1, because the network is faster than a higher level compresses. */
export const COMPRESSORS: Readonly<
  Record<Compression, { readonly pack: ShellText; readonly unpack: ShellText }>
> = {
  zstd: { pack: "zstd -1 -q -c", unpack: "zstd -d -q -c" },
  gzip: { pack: "gzip -1 -c", unpack: "gzip -d -c" },
};

/** Prints the names of the compressors that the host has. */
export const LIST_COMPRESSORS: ShellText = Object.keys(COMPRESSORS)
  .map((name) => `command -v ${name} >/dev/null 2>&1 && echo ${name}`)
  .join("\n");

/** The command that reads a tar, which may be compressed, from stdin. */
export function untar(
  options: ShellText,
  compression: Compression | null,
): ShellText {
  const tar = `tar ${options}`;
  return compression === null
    ? tar
    : `${COMPRESSORS[compression].unpack} | ${tar}`;
}

/** The best of the compressors that a host has; null: it has none. */
export function chooseCompression(
  available: readonly string[],
): Compression | null {
  const names = Object.keys(COMPRESSORS) as readonly Compression[];
  return names.find((name) => available.includes(name)) ?? null;
}
