/** Puts what has landed in its place in the work base. */
import type { Stamp } from "../event.ts";
import { foldersAbove, join, normalise, parent } from "../text/path.ts";

/** Local folders: what is not complete yet, and where it goes. */
interface Places {
  readonly landing: string;
  readonly base: string;
}

export interface Placer {
  /** Why the path could not be put in its place; null: it is there. */
  place(path: string): string | null;
  /** A folder comes though it is empty; why it could not, null: it is there. */
  makeFolder(folder: string): string | null;
}

/**
 * Puts what landed in its place, each by a rename. A folder that is new here
 * moves with all that is in it, unless that holds one of `apart`.
 */
export function placer(
  { landing, base }: Places,
  apart: Iterable<string>,
): Placer {
  const made = new Set<string>();
  const moved = new Set<string>();
  /** Not to be moved as a whole: something is in its place, or is not to come. */
  const entered = new Set([...apart].flatMap(foldersAbove));
  const rename = (path: string) =>
    Deno.renameSync(`${landing}/${path}`, `${base}/${path}`);
  const make = (folder: string) => {
    if (!made.has(folder)) makeWay(base, folder);
    made.add(folder);
  };
  const moveWhole = (folder: string) => {
    if (moved.has(folder)) return true;
    if (entered.has(folder)) return false;
    if (isThere(`${base}/${folder}`)) return void entered.add(folder);
    make(parent(folder));
    rename(folder);
    moved.add(folder);
    return true;
  };
  return {
    place(path) {
      try {
        if (foldersAbove(path).some(moveWhole)) return null;
        make(parent(path));
        rename(path);
        return null;
      } catch (error) {
        return error instanceof Deno.errors.IsADirectory
          ? "a folder is in its place"
          : messageOf(error);
      }
    },
    makeFolder(folder) {
      try {
        if (!moved.has(folder)) make(folder);
        return null;
      } catch (error) {
        return messageOf(error);
      }
    },
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function isThere(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch (error) {
    return !(error instanceof Deno.errors.NotFound);
  }
}

/** Makes the folder; a file that is in the place of one makes way, as for any newer result. */
function makeWay(base: string, folder: string): void {
  const full = join(base, folder);
  try {
    Deno.mkdirSync(full, { recursive: true });
  } catch {
    for (const above of [...foldersAbove(folder), folder]) {
      const path = `${base}/${above}`;
      if (isFile(path)) Deno.removeSync(path);
    }
    Deno.mkdirSync(full, { recursive: true });
  }
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/** The link leads to where it would be put: an input that was linked there. */
export async function isSame(
  { landing, base }: Places,
  path: string,
): Promise<boolean> {
  const link = await Deno.readLink(`${landing}/${path}`);
  if (normalise(join(parent(path), link)) === path) return true;
  const real = (path: string) => Deno.realPath(path).catch(() => null);
  const there = await real(`${base}/${parent(path)}/${link}`);
  return there !== null && there === await real(`${base}/${path}`);
}

export function stampOf(base: string, path: string): readonly Stamp[] {
  try {
    const { size, mtime } = Deno.statSync(`${base}/${path}`);
    return [{ path, bytes: size, modified: mtime?.getTime() ?? 0 }];
  } catch {
    return [];
  }
}
