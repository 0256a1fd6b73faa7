import type { ShellText } from "../schedulers/scheduler.ts";

/**
 * Tells of the files whose names stdin has, each ended by NUL and relative to
 * the root, which are there: `size mtime mode name`. Where stat or xargs lack
 * the option nothing is told; a name with a line break is never told rightly.
 */
export const PRESENT: ShellText = `
cd "$R" 2>/dev/null || leave nothing
say present
xargs -0 stat -c '%s %Y %a %n' -- 2>/dev/null`;

export interface Present {
  readonly bytes: number;
  /** Seconds since 1970, whole. */
  readonly modified: number;
  readonly executable: boolean;
}

/** By name, as it was asked for. */
export function readPresent(text: string): ReadonlyMap<string, Present> {
  const rows = text.matchAll(/^(\d+) (\d+) (\d+) (.*)$/gm);
  return new Map(
    Array.from(rows, ([, bytes, modified, mode, name]) => [name!, {
      bytes: Number(bytes),
      modified: Number(modified),
      executable: (parseInt(mode!, 8) & 0o100) !== 0,
    }]),
  );
}
