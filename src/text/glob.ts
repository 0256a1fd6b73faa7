/** Globs as Python's `glob.glob(pattern)` reads them (Python 3.11, library reference, `glob` and `fnmatch`). */
import { join } from "./path.ts";

/** What a glob looks through. Paths are absolute. */
export interface GlobFiles {
  /** `kind` is "folder", "link" or something else. */
  list(
    path: string,
  ): readonly { readonly name: string; readonly kind: string }[] | null;
  /** Follows links. */
  stat(path: string): { readonly kind: string } | null;
}

/** True when the text means more than itself. */
export function isPattern(text: string): boolean {
  return /[*?[]/.test(text);
}

/** So many entries of folders below the first a pattern may go through: a link to a folder above it makes any number. */
const MAX_ENTRIES = 200_000;

/** To list a folder takes as long as ten of its entries. */
const DIRECTORY_COST = 10;

/** The end of a sentence that says so of a pattern. */
export const TOO_MANY_ENTRIES =
  "leads through more files and folders than a pattern may; name the folders more closely";

/**
 * The paths below `folder`, relative to it and unsorted, that match `pattern`; null where there is too much to go
 * through. `*` and `**` alike match within one name; a name that begins with a dot needs a pattern that does; a
 * trailing `/` asks for folders. `..` has no meaning here.
 */
export function glob(
  pattern: string,
  folder: string,
  looked: GlobFiles,
): readonly string[] | null {
  const parts = pattern.split("/").filter((part) =>
    part !== "" && part !== "."
  );
  const foldersOnly = pattern.endsWith("/");
  let found: readonly string[] | null = ["."];
  const walked = { folders: 0, entries: 0 };
  for (const [at, part] of parts.entries()) {
    found = matchLevel(found, part, {
      folder,
      looked,
      foldersOnly: foldersOnly || at < parts.length - 1,
      walked,
    });
    if (found === null) return null;
  }
  // Names that a listing gave are there, links to nothing too; of others only the whole path tells.
  if (isPattern(parts.at(-1) ?? "")) return found;
  const kinds = (path: string): string | undefined =>
    looked.stat(join(folder, path))?.kind;
  return found.filter((path) =>
    foldersOnly ? kinds(path) === "folder" : kinds(path) !== undefined
  );
}

interface MatchOptions {
  readonly folder: string;
  readonly looked: GlobFiles;
  readonly foldersOnly: boolean;
  readonly walked: { folders: number; entries: number };
}

function matchLevel(
  above: readonly string[],
  part: string,
  { folder, looked, foldersOnly, walked }: MatchOptions,
): readonly string[] | null {
  if (!isPattern(part)) return above.map((path) => join(path, part));
  const matches = nameMatcher(part);
  const isFolder = (path: string, kind: string): boolean =>
    kind === "folder" ||
    kind === "link" && looked.stat(join(folder, path))?.kind === "folder";
  const found: string[] = [];
  for (const upper of above) {
    const entries = looked.list(join(folder, upper)) ?? [];
    // One folder may be as large as it is: it is listed once.
    if (walked.folders++ > 0) walked.entries += entries.length + DIRECTORY_COST;
    if (walked.entries > MAX_ENTRIES) return null;
    for (const { name, kind } of entries) {
      const path = join(upper, name);
      if (matches(name) && (!foldersOnly || isFolder(path, kind))) {
        found.push(path);
      }
    }
  }
  return found;
}

/** Any run of characters. */
const RUN = Symbol("*");

/** What a pattern is made of: a run, or what one character must be. */
type Piece = typeof RUN | ((character: string) => boolean);

/**
 * Whether a name matches one part of a pattern. Case counts; characters are code points. Another machine may have
 * made the name up: the work is at most the length of the name times that of the pattern.
 */
export function nameMatcher(pattern: string): (name: string) => boolean {
  const pieces = piecesOf([...pattern]);
  const hidden = pattern.startsWith(".");
  return (name) =>
    (hidden || !name.startsWith(".")) && matches(pieces, [...name]);
}

/** Only the last run is ever made longer: an earlier one that took more would leave less to match. */
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

/** Where the `]` of a set is, or -1: then `[` is only itself. A `]` that comes first is a member. */
function endOfSet(pattern: readonly string[], open: number): number {
  const first = pattern[open + 1] === "!" ? open + 2 : open + 1;
  return pattern.indexOf("]", pattern[first] === "]" ? first + 1 : first);
}

/** `!` turns a set round, `a-c` is a range, and one that runs backwards holds nothing. */
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
