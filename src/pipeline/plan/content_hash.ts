/** What is in a file or folder: its size and the digest of its content. */
import { fail, ok, type Result } from "../../text/result.ts";
import { RUN_DIRECTORY } from "../../script/remote_layout.ts";
import { sha256 } from "../../text/hash.ts";
import { isBytesName } from "../../text/bytes_name.ts";
import { byCodeUnits } from "../../text/sort.ts";
import { join } from "../../text/path.ts";
import { someNames } from "../../text/show_name.ts";
import type { Files, FileStat } from "../../environment/environment.ts";

/** Content digests of earlier looks, keyed by path, size and time of change. */
export interface HashCache {
  get(path: string, stat: FileStat): string | undefined;
  set(path: string, stat: FileStat, digest: string): void;
}

export interface HashOptions {
  readonly files: Files;
  readonly digests: HashCache;
  /** True for what has no part in a digest: its own is "". */
  isExcluded(path: string): boolean;
  /** Entries met behind three links in a row and more: few such links make any number of them. */
  readonly behindLinks: { count: number };
}

export interface HashedPath {
  readonly isDirectory: boolean;
  /** Of a folder, all that is in it. */
  readonly bytes: number;
  /** Of a folder: of the names and digests in it, all the way down. "" for what stands apart. */
  readonly digest: string;
}

/** Files are read whole; of a larger one size and time of change stand for the content. */
const MAX_BYTES_READ = 256 * 2 ** 20;

/** As many links may lead from one into the next; a folder that holds itself through a link would go on for ever. */
const MAX_LINKS = 8;
const MAX_BEHIND_LINKS = 20_000;

/** Stands behind a list of names and a colon. */
export const NOT_UTF8 = "names that are not UTF-8 cannot be used; rename them";

/** Weighs a file or a folder, following links; the error says what cannot be brought along and why. */
export function hashPath(
  path: string,
  look: HashOptions,
  links = 0,
): Result<HashedPath, string> {
  if (isBytesName(path)) return fail(`${someNames([path])}: ${NOT_UTF8}`);
  const stat = look.files.stat(path);
  if (stat === null) {
    return fail(
      `${
        JSON.stringify(path)
      } is a link to nothing, or lies in a closed folder`,
    );
  }
  return hashKnownPath(path, stat, look, links);
}

/** {@linkcode hashPath} where the stat is known already. */
export function hashKnownPath(
  path: string,
  stat: FileStat,
  look: HashOptions,
  links = 0,
): Result<HashedPath, string> {
  if (stat.kind === "other") {
    return fail(`${JSON.stringify(path)} is neither a file nor a folder`);
  }
  return stat.kind === "folder"
    ? hashDirectory(path, look, links)
    : hashFile(path, stat, look);
}

function hashFile(
  path: string,
  stat: FileStat,
  look: HashOptions,
): Result<HashedPath, string> {
  const digest = look.isExcluded(path) ? "" : contentDigest(path, stat, look);
  if (digest === null) return fail(`${JSON.stringify(path)} cannot be read`);
  return ok({ isDirectory: false, bytes: stat.bytes, digest });
}

function contentDigest(
  path: string,
  stat: FileStat,
  { files, digests }: HashOptions,
): string | null {
  const known = digests.get(path, stat);
  if (known !== undefined) return known;
  if (stat.bytes > MAX_BYTES_READ) {
    return `${stat.bytes} bytes of ${stat.modified}`;
  }
  const bytes = files.read(path);
  if (bytes === null) return null;
  const digest = sha256(bytes);
  digests.set(path, stat, digest);
  return digest;
}

function hashDirectory(
  path: string,
  look: HashOptions,
  links: number,
): Result<HashedPath, string> {
  const entries = entriesOf(path, look.files);
  if (entries === null) {
    return fail(`folder ${JSON.stringify(path)} cannot be read`);
  }
  const apart = look.isExcluded(path);
  const within = apart ? { ...look, apart: () => true } : look;
  const parts: (readonly [name: string, digest: string])[] = [];
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
        } is link in link; does one lead to a folder above it?`,
      );
    }
    if (depth > 2 && ++look.behindLinks.count > MAX_BEHIND_LINKS) {
      return fail(
        `${
          JSON.stringify(path)
        } holds links to folders of links, with more than ${MAX_BEHIND_LINKS} files behind them`,
      );
    }
    const weighed = hashPath(inner, within, depth);
    if (!weighed.ok) return weighed;
    bytes += weighed.value.bytes;
    if (weighed.value.digest !== "") parts.push([name, weighed.value.digest]);
  }
  return ok({
    isDirectory: true,
    bytes,
    digest: apart ? "" : `folder ${sha256(JSON.stringify(parts))}`,
  });
}

/** What a folder holds but our own one, which is never an input at any depth; in an order that does not depend on the disk. */
export function entriesOf(
  path: string,
  files: Files,
): readonly { name: string; kind: string }[] | null {
  const entries =
    files.list(path)?.filter(({ name }) => name !== RUN_DIRECTORY) ??
      null;
  return entries && entries.sort((a, b) => byCodeUnits(a.name, b.name));
}
