import type { ShellText } from "./shell_text.ts";

/**
 * Of the files whose names are on stdin, each ended by NUL and relative to the
 * root, prints those that exist: `size mtime mode name`,
 * the mode with the kind; then all links below
 * the root, and the names of the inputs that were staged before. Where stat or
 * xargs lack the option, nothing is printed; a name with a newline is never
 * printed correctly.
 */
export const LIST_PRESENT: ShellText = `
cd "$R" 2>/dev/null || finish no_directory
section present
xargs -0 stat -c '%s %Y %f %n' -- 2>/dev/null
section links
find . -path ./.dpdisp -prune -o -type l -print 2>/dev/null
section staged_inputs; cat "$D/staged_inputs" 2>/dev/null`;

/** Prints the checksums of the files whose names are on stdin, as `sha256sum` does; nothing where that program does not exist. */
export const LIST_CHECKSUMS: ShellText = `
cd "$R" || finish failed
section checksums
xargs -0 sha256sum -- 2>/dev/null`;

export interface PresentFile {
  readonly bytes: number;
  /** Seconds since 1970, whole. */
  readonly modified: number;
  readonly executable: boolean;
  /** A directory, and no link to one. */
  readonly isDirectory: boolean;
}

/** By name, as it was given on stdin. */
export function parsePresent(text: string): ReadonlyMap<string, PresentFile> {
  const rows = text.matchAll(/^(\d+) (\d+) ([0-9a-f]+) (.*)$/gm);
  return new Map(
    Array.from(rows, ([, bytes, modified, mode, name]) => [name!, {
      bytes: Number(bytes),
      modified: Number(modified),
      executable: (parseInt(mode!, 16) & 0o100) !== 0,
      // inode(7)
      isDirectory: (parseInt(mode!, 16) & 0o170000) === 0o40000,
    }]),
  );
}

/** Hexadecimal digests by name; a name that sha256sum had to escape is omitted. */
export function parseChecksums(text: string): ReadonlyMap<string, string> {
  const rows = text.matchAll(/^([0-9a-f]{64}) [ *](.*)$/gm);
  return new Map(Array.from(rows, ([, digest, name]) => [name!, digest!]));
}
