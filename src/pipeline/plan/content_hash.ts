/** The size and the content hash of a file or directory. */
import { fail, ok, type Result } from "../../text/result.ts";
import { RUN_DIRECTORY } from "../../script/remote_layout.ts";
import { sha256 } from "../../text/hash.ts";
import { isBytesName } from "../../text/bytes_name.ts";
import { byCodeUnits } from "../../text/sort.ts";
import { join } from "../../text/path.ts";
import { someNames } from "../../text/show_name.ts";
import type { Files, FileStat } from "../../environment/environment.ts";

/** Content hashes that are known already, by path, size and modification time. */
export interface HashCache {
  get(path: string, stat: FileStat): string | undefined;
  set(path: string, stat: FileStat, hash: string): void;
}

export interface HashOptions {
  readonly files: Files;
  readonly hashCache: HashCache;
  /** True for a path that is excluded from hashes; its own hash is "". */
  isExcluded(path: string): boolean;
  /** Entries found behind three or more symbolic links in a row: a few such links can make any number of entries. */
  readonly behindLinks: { count: number };
}

export interface HashedPath {
  readonly isDirectory: boolean;
  /** For a directory, of all files in it. */
  readonly bytes: number;
  /** For a directory, of all names and hashes in it, at any depth. "" for an excluded path. */
  readonly hash: string;
}

/** Files are read as a whole; for a larger file, size and modification time are used in place of the content. */
export const MAX_HASHED_BYTES: number = 256 * 2 ** 20;

/** Symbolic links in a row; a directory that contains a link to itself would never end. */
const MAX_LINKS = 8;
const MAX_BEHIND_LINKS = 20_000;

/** Follows a list of names and a colon. */
export const NOT_UTF8 = "names that are not UTF-8 cannot be used; rename them";

/** Hashes a file or a directory, following symbolic links; the error says what cannot be staged and why. */
export function hashPath(
  path: string,
  options: HashOptions,
  links = 0,
): Result<HashedPath, string> {
  if (isBytesName(path)) return fail(`${someNames([path])}: ${NOT_UTF8}`);
  const stat = options.files.stat(path);
  if (stat === null) {
    return fail(
      `${
        JSON.stringify(path)
      } is a broken symbolic link, or is in a directory that you cannot read`,
    );
  }
  return hashKnownPath(path, stat, options, links);
}

/** {@linkcode hashPath} where the stat is known already. */
export function hashKnownPath(
  path: string,
  stat: FileStat,
  options: HashOptions,
  links = 0,
): Result<HashedPath, string> {
  if (stat.kind === "other") {
    return fail(`${JSON.stringify(path)} is neither a file nor a directory`);
  }
  return stat.kind === "directory"
    ? hashDirectory(path, options, links)
    : hashFile(path, stat, options);
}

function hashFile(
  path: string,
  stat: FileStat,
  options: HashOptions,
): Result<HashedPath, string> {
  const hash = options.isExcluded(path)
    ? ""
    : contentDigest(path, stat, options);
  if (hash === null) return fail(`${JSON.stringify(path)} cannot be read`);
  return ok({ isDirectory: false, bytes: stat.bytes, hash });
}

function contentDigest(
  path: string,
  stat: FileStat,
  { files, hashCache }: HashOptions,
): string | null {
  const known = hashCache.get(path, stat);
  if (known !== undefined) return known;
  if (stat.bytes > MAX_HASHED_BYTES) {
    return `${stat.bytes} bytes of ${stat.modified}`;
  }
  const bytes = files.read(path);
  if (bytes === null) return null;
  const hash = sha256(bytes);
  hashCache.set(path, stat, hash);
  return hash;
}

function hashDirectory(
  path: string,
  options: HashOptions,
  links: number,
): Result<HashedPath, string> {
  const entries = entriesOf(path, options.files);
  if (entries === null) {
    return fail(`directory ${JSON.stringify(path)} cannot be read`);
  }
  const isExcluded = options.isExcluded(path);
  const within = isExcluded ? { ...options, isExcluded: () => true } : options;
  const parts: (readonly [name: string, hash: string])[] = [];
  const nameless = entries.filter(({ name }) => isBytesName(name));
  if (nameless.length > 0) {
    const names = nameless.map(({ name }) => join(path, name));
    return fail(`${someNames(names)}: ${NOT_UTF8}`);
  }
  let bytes = 0;
  for (const { name, kind } of entries) {
    const inner = join(path, name);
    const depth = kind === "link" ? links + 1 : links;
    if (depth > MAX_LINKS) {
      return fail(
        `${
          JSON.stringify(inner)
        } is behind more than ${MAX_LINKS} symbolic links in a row; does one of them point to a directory above it?`,
      );
    }
    if (depth > 2 && ++options.behindLinks.count > MAX_BEHIND_LINKS) {
      return fail(
        `${
          JSON.stringify(path)
        } contains symbolic links to directories of symbolic links, with more than ${MAX_BEHIND_LINKS} files behind them`,
      );
    }
    const hashed = hashPath(inner, within, depth);
    if (!hashed.ok) return hashed;
    bytes += hashed.value.bytes;
    if (hashed.value.hash !== "") parts.push([name, hashed.value.hash]);
  }
  return ok({
    isDirectory: true,
    bytes,
    hash: isExcluded ? "" : `folder ${sha256(JSON.stringify(parts))}`,
  });
}

/** The entries of a directory in a fixed order, without the directory of dpdisp, which is never an input at any depth. */
export function entriesOf(
  path: string,
  files: Files,
): readonly { name: string; kind: string }[] | null {
  const entries =
    files.list(path)?.filter(({ name }) => name !== RUN_DIRECTORY) ??
      null;
  return entries && entries.sort((a, b) => byCodeUnits(a.name, b.name));
}
