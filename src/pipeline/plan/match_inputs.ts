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

/** An input with the hash of its content; "" where the content is not part of a key. */
export interface HashedInput {
  readonly input: Input;
  readonly hash: string;
}

/** How inputs are hashed: a path that a pattern or directory includes may be excluded, a path named in full is not. */
export interface HashScope extends HashOptions {
  /** The work base, absolute. */
  readonly base: string;
  /** Absolute; excluded even if named in full. */
  readonly script: string;
}

/** The inputs of one entry, relative to the directory of a task; or an error as the end of a sentence. */
export type MatchInputs = (
  dir: string,
  entry: string,
) => Result<readonly HashedInput[], string>;

/** A {@linkcode MatchInputs} that matches entries that many tasks share only once. */
export function cachedMatcher(scope: HashScope): MatchInputs {
  const known = new Map<string, Result<readonly HashedInput[], string>>();
  return (dir, entry) => {
    if (entry === "" || isAbsolute(entry)) {
      return fail("must be a relative path");
    }
    const { at, rest } = climb(dir, entry);
    const name = `${at}\0${rest}`;
    const earlier = known.get(name);
    if (earlier) return earlier;
    const found = match(at, rest, scope);
    known.set(name, found);
    return found;
  };
}

/** The directory that leading `..` of an entry lead to, and the rest. Only the rest is a pattern. */
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
  scope: HashScope,
): Result<readonly HashedInput[], string> {
  if (isOutside(at)) return fail("is outside the work base");
  const start = join(scope.base, at);
  const stat = scope.files.stat(join(start, rest));
  if (stat !== null) {
    return hashInputs([join(at, normalise(rest))], scope, stat);
  }
  const matched = globNames(rest, start, scope.files);
  if (matched === null) return fail(TOO_MANY_ENTRIES);
  const { paths, nameless } = matched;
  if (nameless.length > 0) {
    return fail(`matches ${someNames(nameless)}: ${NOT_UTF8}`);
  }
  return hashInputs(paths.map((path) => join(at, path)), scope);
}

/** `named`: the stat of the one path, if the user named it in full. */
function hashInputs(
  paths: readonly string[],
  shared: HashScope,
  named?: FileStat,
): Result<readonly HashedInput[], string> {
  const scope = { ...shared, behindLinks: { count: 0 } };
  const found: HashedInput[] = [];
  for (const to of paths.filter(isUserPath)) {
    const from = join(scope.base, to);
    const hashed = named
      ? hashKnownPath(from, named, includeNamed(from, scope))
      : hashPath(from, scope);
    if (!hashed.ok) return fail(`cannot be staged: ${hashed.error}`);
    const { isDirectory, bytes, hash } = hashed.value;
    found.push({
      input: { localPath: from, remotePath: to, isDirectory, bytes },
      hash,
    });
  }
  return found.length > 0 ? ok(found) : fail("matches no file or directory");
}

/** The same scope, which does not exclude a path that was named in full. */
function includeNamed(named: string, scope: HashScope): HashOptions {
  if (named === scope.script) return scope;
  return {
    ...scope,
    isExcluded: (path) => path !== named && scope.isExcluded(path),
  };
}

/** Whether a path is not in the directory of dpdisp. */
export function isUserPath(path: string): boolean {
  return !path.includes(RUN_DIRECTORY) ||
    !path.split("/").includes(RUN_DIRECTORY);
}

/** Each input once, ordered by its remote path, without those inside a directory among them. */
export function dedupeInputs(
  found: readonly HashedInput[],
): readonly HashedInput[] {
  if (found.length < 2) return found;
  const byPath = new Map<string, HashedInput>();
  for (const one of found) {
    if (one.hash !== "" || !byPath.has(one.input.remotePath)) {
      byPath.set(one.input.remotePath, one);
    }
  }
  const directories = directoriesAmong(found.map(({ input }) => input));
  return [...byPath.values()]
    .filter(({ input }) => !isWithin(input.remotePath, directories))
    .sort((a, b) => byCodeUnits(a.input.remotePath, b.input.remotePath));
}

/** The remote paths of the directories among the inputs. */
export function directoriesAmong(
  inputs: readonly Input[],
): ReadonlySet<string> {
  return new Set(
    inputs.filter(({ isDirectory }) => isDirectory).map(({ remotePath }) =>
      remotePath
    ),
  );
}

/** Whether the path is inside one of the directories. */
export function isWithin(
  path: string,
  directories: ReadonlySet<string>,
): boolean {
  if (path === "." || directories.size === 0) return false;
  return directories.has(parent(path)) || isWithin(parent(path), directories);
}
