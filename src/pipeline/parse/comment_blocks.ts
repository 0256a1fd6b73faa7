/**
 * The comment blocks of a Python file that contain metadata.
 *
 * Follows "Inline script metadata" of the PyPA specifications (PEP 723), whose reference expression is
 * `(?m)^# /// (?P<type>[a-zA-Z0-9-]+)$\s(?P<content>(^#(| .*)$\s)+)^# ///$`.
 */

/** The lines of a file without their line ends; a byte order mark is not part of line 1. */
export interface Lines {
  readonly text: readonly string[];
  readonly byteOrderMark: string;
}

/** Line numbers count from 0 here; `last` is the closing line. */
export interface Block {
  readonly type: string;
  readonly first: number;
  readonly last: number;
}

/** A block that begins and is never closed; `interrupted` is the first line that is not part of a block. */
export interface OpenBlock {
  readonly type: string;
  readonly first: number;
  readonly interrupted: number;
}

export interface Blocks {
  readonly closed: readonly Block[];
  readonly open: readonly OpenBlock[];
}

const HEAD = /^# \/\/\/ ([a-zA-Z0-9-]+)$/;
const BODY = /^#( .*)?$/;
const CLOSE = "# ///";

/** Python reads CRLF, CR and LF alike as the end of a line. */
export function splitLines(text: string): Lines {
  const byteOrderMark = text.startsWith("\ufeff") ? "\ufeff" : "";
  return {
    byteOrderMark,
    text: text.slice(byteOrderMark.length).split(/\r\n|\r|\n/),
  };
}

export function isClose(line: string | undefined): boolean {
  return line === CLOSE;
}

/** All blocks, in order. A block ends at the last `# ///` of its run of comment lines. */
export function findBlocks(lines: readonly string[]): Blocks {
  const closed: Block[] = [];
  const open: OpenBlock[] = [];
  let run = { end: 0, close: -1 };
  for (let at = 0; at < lines.length; at++) {
    const type = HEAD.exec(lines[at]!)?.[1];
    if (type === undefined) continue;
    // Consecutive comment lines are searched once, however many heads are among them.
    if (at >= run.end) run = runFrom(lines, at + 1);
    // The reference expression requires at least one line between head and close.
    if (run.close > at + 1) {
      closed.push({ type, first: at, last: run.close });
      at = run.close;
    } else open.push({ type, first: at, interrupted: run.end });
  }
  return { closed, open };
}

/** Where the comment lines from `at` on end, and the last of them that could close a block; -1: none. */
function runFrom(
  lines: readonly string[],
  at: number,
): { readonly end: number; readonly close: number } {
  let close = -1;
  let end = at;
  for (; end < lines.length && BODY.test(lines[end]!); end++) {
    if (isClose(lines[end])) close = end;
  }
  return { end, close };
}

/** The TOML text of a block: its lines without `# `. */
export function contentOf(
  lines: readonly string[],
  { first, last }: Block,
): string {
  return lines.slice(first + 1, last).map((line) => line.slice(2)).join("\n");
}

/** A line that looks like the head of a block and is not valid: spacing, further text, or case differ. Counts from 0; -1: none. */
export function nearHead(lines: readonly string[]): number {
  return lines.findIndex((line) =>
    /^\s*#\s*\/{3,}\s*script\b/i.test(line) && !HEAD.test(line)
  );
}
