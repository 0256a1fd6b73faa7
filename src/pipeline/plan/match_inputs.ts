import { fail, ok, type Result } from "../../text/result.ts";
import { RUN_DIRECTORY } from "../../script/remote_layout.ts";
import { TOO_MANY_ENTRIES } from "../../text/glob.ts";
import { byCodeUnits } from "../../text/sort.ts";
import {
  isAbsolute,
  isOutside,
  join,
  normalise,
  parent,
} from "../../text/path.ts";
import type { FileStat } from "../../environment/environment.ts";
import { someNames } from "../../text/show_name.ts";
import { globNames } from "./glob_names.ts";
import {
  hashKnownPath,
  type HashOptions,
  hashPath,
  NOT_UTF8,
} from "./content_hash.ts";
import type { Input } from "../../model/plan.ts";

/** An input with the digest of its content; "" where that has no part in a key. */
export interface HashedInput {
  readonly input: Input;
  readonly digest: string;
}

/** How inputs are looked at: what is met by pattern or in a folder may stand apart, what is named in full counts. */
export interface HashScope extends HashOptions {
  /** The work base, absolute. */
  readonly base: string;
  /** Absolute; stands apart even by its name. */
  readonly script: string;
}

/** What one entry, relative to a task's folder, stands for; or why it cannot be brought, as the end of a sentence. */
export type MatchInputs = (
  dir: string,
  entry: string,
) => Result<readonly HashedInput[], string>;

/** A {@linkcode MatchInputs} that looks only once at what many tasks share. */
export function cachedMatcher(looks: HashScope): MatchInputs {
  const known = new Map<string, Result<readonly HashedInput[], string>>();
  return (dir, entry) => {
    if (entry === "" || isAbsolute(entry)) {
      return fail("must be a relative path");
    }
    const { at, rest } = climb(dir, entry);
    const name = `${at}\0${rest}`;
    const earlier = known.get(name);
    if (earlier) return earlier;
    const found = match(at, rest, looks);
    known.set(name, found);
    return found;
  };
}

/** The folder that `..` at an entry's beginning leads to, and the rest. Only the rest is a pattern. */
function climb(dir: string, entry: string): { at: string; rest: string } {
  const slash = entry.length > 1 && entry.endsWith("/") ? "/" : "";
  let at = dir;
  let rest = normalise(entry);
  while (isOutside(rest)) {
    at = at === "." || isOutside(at) ? join("..", at) : parent(at);
    rest = rest.slice(3) || ".";
  }
  return { at, rest: rest + slash };
}

function match(
  at: string,
  rest: string,
  looks: HashScope,
): Result<readonly HashedInput[], string> {
  if (isOutside(at)) return fail("leads out of the work base");
  const start = join(looks.base, at);
  const stat = looks.files.stat(join(start, rest));
  if (stat !== null) return found([join(at, normalise(rest))], looks, stat);
  const matched = globNames(rest, start, looks.files);
  if (matched === null) return fail(TOO_MANY_ENTRIES);
  const { paths, nameless } = matched;
  if (nameless.length > 0) {
    return fail(`matches ${someNames(nameless)}: ${NOT_UTF8}`);
  }
  return found(paths.map((path) => join(at, path)), looks);
}

/** `named`: what is known of the one path, which the user named in full. */
function found(
  paths: readonly string[],
  shared: HashScope,
  named?: FileStat,
): Result<readonly HashedInput[], string> {
  const looks = { ...shared, behindLinks: { count: 0 } };
  const found: HashedInput[] = [];
  for (const to of paths.filter(isUserPath)) {
    const from = join(looks.base, to);
    const weighed = named
      ? hashKnownPath(from, named, includeNamed(from, looks))
      : hashPath(from, looks);
    if (!weighed.ok) return fail(`cannot be brought along: ${weighed.error}`);
    const { isDirectory: folder, bytes, digest } = weighed.value;
    found.push({
      input: { localPath: from, remotePath: to, isDirectory: folder, bytes },
      digest,
    });
  }
  return found.length > 0 ? ok(found) : fail("matches nothing");
}

/** The same look, but for a path that was named in full. */
function includeNamed(named: string, looks: HashScope): HashOptions {
  if (named === looks.script) return looks;
  return {
    ...looks,
    isExcluded: (path) => path !== named && looks.isExcluded(path),
  };
}

/** True for a path that does not lead into our own folder. */
export function isUserPath(path: string): boolean {
  return !path.includes(RUN_DIRECTORY) ||
    !path.split("/").includes(RUN_DIRECTORY);
}

/** Each input once, ordered by where it goes, without those that a folder among them brings along. */
export function dedupeInputs(
  found: readonly HashedInput[],
): readonly HashedInput[] {
  if (found.length < 2) return found;
  const byPath = new Map<string, HashedInput>();
  for (const one of found) {
    if (one.digest !== "" || !byPath.has(one.input.remotePath)) {
      byPath.set(one.input.remotePath, one);
    }
  }
  const folders = directoriesAmong(found.map(({ input }) => input));
  return [...byPath.values()]
    .filter(({ input }) => !isWithin(input.remotePath, folders))
    .sort((a, b) => byCodeUnits(a.input.remotePath, b.input.remotePath));
}

/** Where the folders among the inputs go. */
export function directoriesAmong(
  inputs: readonly Input[],
): ReadonlySet<string> {
  return new Set(
    inputs.filter(({ isDirectory }) => isDirectory).map(({ remotePath }) =>
      remotePath
    ),
  );
}

/** True where one of the folders is above the path. */
export function isWithin(path: string, folders: ReadonlySet<string>): boolean {
  if (path === "." || folders.size === 0) return false;
  return folders.has(parent(path)) || isWithin(parent(path), folders);
}
