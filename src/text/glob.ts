/** Globs as Python's `glob.glob(pattern)` reads them (Python 3.11, library reference, `glob` and `fnmatch`). */
import { join } from "./path.ts";

/** The file functions that a glob needs. Paths are absolute. */
export interface GlobFiles {
  /** `kind` is "directory", "link" or something else. */
  list(
    path: string,
  ): readonly { readonly name: string; readonly kind: string }[] | null;
  /** Follows links. */
  stat(path: string): { readonly kind: string } | null;
}

/** Whether the text has characters with a special meaning in a pattern. */
export function isPattern(text: string): boolean {
  return /[*?[]/.test(text);
}

/** Directory entries that a pattern may search, without those of the first directory: a link to a parent directory would make any number. */
const MAX_ENTRIES = 200_000;

/** Listing a directory takes as long as ten of its entries. */
const DIRECTORY_COST = 10;

/** The end of a message about a pattern that exceeds the limit. */
export const TOO_MANY_ENTRIES =
  `searches more than ${MAX_ENTRIES} files and directories; use a more specific pattern`;

/**
 * The paths below `dir`, relative to it and unsorted, that match `pattern`; null where the search exceeds the limit.
 * `*` and `**` both match within one name; a name that begins with a dot needs a pattern that does; a
 * trailing `/` matches only directories. `..` has no special meaning.
 */
export function glob(
  pattern: string,
  dir: string,
  files: GlobFiles,
): readonly string[] | null {
  const parts = pattern.split("/").filter((part) =>
    part !== "" && part !== "."
  );
  const directoriesOnly = pattern.endsWith("/");
  let found: readonly string[] | null = ["."];
  const searched = { directories: 0, entries: 0 };
  for (const [at, part] of parts.entries()) {
    found = matchLevel(found, part, {
      dir,
      files,
      directoriesOnly: directoriesOnly || at < parts.length - 1,
      searched,
    });
    if (found === null) return null;
  }
  // A listed name exists, even a broken link; any other path has to be checked.
  if (isPattern(parts.at(-1) ?? "")) return found;
  const kindOf = (path: string): string | undefined =>
    files.stat(join(dir, path))?.kind;
  return found.filter((path) =>
    directoriesOnly ? kindOf(path) === "directory" : kindOf(path) !== undefined
  );
}

interface MatchOptions {
  readonly dir: string;
  readonly files: GlobFiles;
  readonly directoriesOnly: boolean;
  readonly searched: { directories: number; entries: number };
}

function matchLevel(
  above: readonly string[],
  part: string,
  { dir, files, directoriesOnly, searched }: MatchOptions,
): readonly string[] | null {
  if (!isPattern(part)) return above.map((path) => join(path, part));
  const matches = nameMatcher(part);
  const isDirectory = (path: string, kind: string): boolean =>
    kind === "directory" ||
    kind === "link" && files.stat(join(dir, path))?.kind === "directory";
  const found: string[] = [];
  for (const upper of above) {
    const entries = files.list(join(dir, upper)) ?? [];
    // The first directory is listed only once, so that its size does not count.
    if (searched.directories++ > 0) {
      searched.entries += entries.length + DIRECTORY_COST;
    }
    if (searched.entries > MAX_ENTRIES) return null;
    for (const { name, kind } of entries) {
      const path = join(upper, name);
      if (matches(name) && (!directoriesOnly || isDirectory(path, kind))) {
        found.push(path);
      }
    }
  }
  return found;
}

/** Any run of characters. */
const RUN = Symbol("*");

/** A part of a pattern: a run, or a condition on one character. */
type Piece = typeof RUN | ((character: string) => boolean);

/**
 * Whether a name matches one part of a pattern. Case matters; characters are code points. A remote host may send
 * any name: the time is at most the length of the name times that of the pattern.
 */
export function nameMatcher(pattern: string): (name: string) => boolean {
  const pieces = piecesOf([...pattern]);
  const hidden = pattern.startsWith(".");
  return (name) =>
    (hidden || !name.startsWith(".")) && matches(pieces, [...name]);
}

/** Only the last run is extended: a longer earlier run would leave less to match. */
function matches(
  pieces: readonly Piece[],
  name: readonly string[],
): boolean {
  const at = { name: 0, piece: 0 };
  const run = { piece: -1, end: 0 };
  while (at.name < name.length) {
    const piece = pieces[at.piece];
    if (piece === RUN) {
      Object.assign(run, { piece: at.piece, end: at.name });
      at.piece++;
    } else if (piece?.(name[at.name]!)) {
      at.piece++;
      at.name++;
    } else if (run.piece >= 0) {
      run.end++;
      Object.assign(at, { name: run.end, piece: run.piece + 1 });
    } else return false;
  }
  return pieces.slice(at.piece).every((piece) => piece === RUN);
}

function piecesOf(pattern: readonly string[]): readonly Piece[] {
  const pieces: Piece[] = [];
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at]!;
    const end = character === "[" ? endOfSet(pattern, at) : -1;
    if (end >= 0) {
      pieces.push(setOf(pattern.slice(at + 1, end)));
      at = end;
    } else if (character === "*") {
      if (pieces.at(-1) !== RUN) pieces.push(RUN);
    } else if (character === "?") pieces.push(() => true);
    else pieces.push((other) => other === character);
  }
  return pieces;
}

/** The index of the `]` of a set, or -1: then `[` is an ordinary character. A `]` that comes first is a member. */
function endOfSet(pattern: readonly string[], open: number): number {
  const first = pattern[open + 1] === "!" ? open + 2 : open + 1;
  return pattern.indexOf("]", pattern[first] === "]" ? first + 1 : first);
}

/** `!` negates a set, `a-c` is a range, and a reversed range is empty. */
function setOf(set: readonly string[]): (character: string) => boolean {
  const negated = set[0] === "!";
  const members = negated ? set.slice(1) : set;
  const ranges: (readonly [first: number, last: number])[] = [];
  for (let at = 0; at < members.length; at++) {
    const first = members[at]!.codePointAt(0)!;
    const last = members[at + 1] === "-" ? members[at + 2] : undefined;
    ranges.push([first, last?.codePointAt(0) ?? first]);
    if (last !== undefined) at += 2;
  }
  return (character) => {
    const point = character.codePointAt(0)!;
    return negated !==
      ranges.some(([first, last]) => first <= point && point <= last);
  };
}
