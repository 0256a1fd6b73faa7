import type { ShellText } from "./shell_text.ts";

/**
 * Tells of the files whose names stdin has, each ended by NUL and relative to
 * the root, which are there: `size mtime mode name`, the mode with the kind; all links below the root;
 * and what was sent before. Where stat or xargs lack the option nothing is
 * told; a name with a line break is never told rightly.
 */
export const LIST_PRESENT: ShellText = `
cd "$R" 2>/dev/null || leave nothing
say present
xargs -0 stat -c '%s %Y %f %n' -- 2>/dev/null
say links
find . -path ./.dpdisp -prune -o -type l -print 2>/dev/null
say sent; cat "$D/sent" 2>/dev/null`;

/** Tells the contents of the files whose names stdin has, as `sha256sum` does; nothing where there is none. */
export const CONTENTS: ShellText = `
cd "$R" || leave failed
say contents
xargs -0 sha256sum -- 2>/dev/null`;

export interface PresentFile {
  readonly bytes: number;
  /** Seconds since 1970, whole. */
  readonly modified: number;
  readonly executable: boolean;
  /** A folder, and no link to one. */
  readonly folder: boolean;
}

/** By name, as it was asked for. */
export function parsePresent(text: string): ReadonlyMap<string, PresentFile> {
  const rows = text.matchAll(/^(\d+) (\d+) ([0-9a-f]+) (.*)$/gm);
  return new Map(
    Array.from(rows, ([, bytes, modified, mode, name]) => [name!, {
      bytes: Number(bytes),
      modified: Number(modified),
      executable: (parseInt(mode!, 16) & 0o100) !== 0,
      // inode(7)
      folder: (parseInt(mode!, 16) & 0o170000) === 0o40000,
    }]),
  );
}

/** Hex digests by name; a name that sha256sum had to escape is left out. */
export function parseContents(text: string): ReadonlyMap<string, string> {
  const rows = text.matchAll(/^([0-9a-f]{64}) [ *](.*)$/gm);
  return new Map(Array.from(rows, ([, digest, name]) => [name!, digest!]));
}
