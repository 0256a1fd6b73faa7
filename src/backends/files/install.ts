/**
 * Puts what has landed in its place in the work base. No step on the way may
 * be a link: each is looked at when it is gone through. What is a link at the
 * end of the way is replaced, never written through.
 */
import type { FileStamp } from "../../model/event.ts";
import { ancestors, join, parent } from "../../text/path.ts";
import type { ReceivedFile } from "./received_files.ts";

/** Where steps below the work base lead. */
export interface Ground {
  /** Without links. */
  readonly base: string;
  /** Folders of tasks that the user has behind a link, as they were before anything came: without links. */
  readonly linked: ReadonlyMap<string, string>;
}

export function groundOf(base: string, dirs: Iterable<string>): Ground {
  const real = Deno.realPathSync(base);
  const linked = [...new Set(dirs)].flatMap((dir) => {
    const plain = join(real, dir);
    const there = realPath(plain);
    return there === null || there === plain ? [] : [[dir, there] as const];
  });
  return { base: real, linked: new Map(linked) };
}

/** The folder from which the steps of a path are gone, and those steps. */
export function startOf(
  { base, linked }: Ground,
  folder: string,
): {
  readonly folder: string;
  readonly done: string;
  readonly steps: readonly string[];
} {
  const start = linked.size === 0
    ? undefined
    : [...ancestors(folder), folder].findLast((dir) => linked.has(dir));
  const rest = start === undefined ? folder : folder.slice(start.length + 1);
  return {
    folder: start === undefined ? base : linked.get(start)!,
    done: start ?? ".",
    steps: rest === "." || rest === "" ? [] : rest.split("/"),
  };
}

export interface Placing {
  readonly ground: Ground;
  /** The folder that holds what landed. */
  readonly landing: string;
  /** Somebody asked for that path: what is there may make way. */
  readonly isAsked: (path: string) => boolean;
}

type Way = { readonly folder: string } | { readonly why: string };

/** Makes a folder below the work base, and those that it is in. */
function makeWay({ ground, isAsked }: Placing, folder: string): Way {
  const start = startOf(ground, folder);
  let at = start.folder;
  let done = start.done;
  for (const step of start.steps) {
    at = join(at, step);
    done = join(done, step);
    const there = kindAt(at);
    if (there === "folder") continue;
    if (there === "link") {
      return {
        why:
          `${done} is a link here, and nothing is written through it; remove it, or put a folder in its place`,
      };
    }
    if (there !== null && !isAsked(done)) {
      return { why: `${done} is a file here, and nobody asked to replace it` };
    }
    // As for any newer result.
    if (there !== null) Deno.removeSync(at);
    Deno.mkdirSync(at);
  }
  return { folder: at };
}

/** Why the file could not be put in its place; null: it is there. */
export function placeFile(
  placing: Placing,
  path: string,
  file: ReceivedFile,
): string | null {
  return attempt(() => {
    const way = makeWay(placing, parent(path));
    if ("why" in way) return way.why;
    // A folder of a task is one, though the user has it behind a link.
    if (placing.ground.linked.has(path)) return A_FOLDER;
    const to = join(way.folder, nameOf(path));
    moveFile(`${placing.landing}/${file.name}`, to, way.folder);
    return null;
  });
}

/** Why there is no folder; null: there is. */
export function placeFolder(placing: Placing, folder: string): string | null {
  return attempt(() => {
    const way = makeWay(placing, folder);
    return "why" in way ? way.why : null;
  });
}

/**
 * Makes a link that must lead to `goal`, which has its place already (null: to
 * nothing yet). It is judged where it stands: what it leads to there counts.
 */
export function placeLink(
  placing: Placing,
  path: string,
  { text, goal }: { readonly text: string; readonly goal: string | null },
): string | null {
  return attempt(() => {
    const way = makeWay(placing, parent(path));
    if ("why" in way) return way.why;
    const to = join(way.folder, nameOf(path));
    if (kindAt(to) === "folder" || placing.ground.linked.has(path)) {
      return A_FOLDER;
    }
    const leads = realPath(`${way.folder}/${text}`);
    const isRight = goal === null
      ? leads === null && !isThroughLink(way.folder, text)
      : leads === placeOf(placing.ground, goal);
    if (!isRight) return `would lead elsewhere from here (${text})`;
    replace(to, way.folder, (fresh) => Deno.symlinkSync(text, fresh));
    return null;
  });
}

const A_FOLDER = "a folder is in its place";

/** Where a path stands that is no link. */
export function placeOf(ground: Ground, path: string): string {
  const { folder, steps } = startOf(ground, path);
  return steps.length === 0 ? folder : join(folder, steps.join("/"));
}

/** A link is on the way; steps that are not there may become anything later, but no more than is inside. */
function isThroughLink(folder: string, text: string): boolean {
  let at = folder;
  for (const step of text.split("/")) {
    at = step === ".." ? at.slice(0, at.lastIndexOf("/")) : join(at, step);
    if (kindAt(at) === "link") return true;
  }
  return false;
}

/** A folder of a task may be in another file system. */
function moveFile(from: string, to: string, folder: string): void {
  try {
    Deno.renameSync(from, to);
  } catch (error) {
    if ((error as { code?: string }).code !== "EXDEV") throw error;
    const { mode, mtime } = Deno.statSync(from);
    replace(to, folder, (fresh) => {
      using _new = Deno.openSync(fresh, NEW_FILE);
      Deno.copyFileSync(from, fresh);
      Deno.chmodSync(fresh, mode! & 0o777);
      if (mtime) Deno.utimeSync(fresh, mtime, mtime);
    });
  }
}

const NEW_FILE = { write: true, createNew: true, mode: 0o600 };

/** Made beside it, so that there is always one or the other; what cannot take its place does not stay. */
function replace(
  to: string,
  folder: string,
  make: (fresh: string) => void,
): void {
  const fresh = `${folder}/.dpdisp-${crypto.randomUUID()}`;
  try {
    make(fresh);
    Deno.renameSync(fresh, to);
  } catch (error) {
    if (kindAt(fresh) !== null) Deno.removeSync(fresh);
    throw error;
  }
}

function attempt(put: () => string | null): string | null {
  try {
    return put();
  } catch (error) {
    // A rename says so itself: to look first would cost as much as the rename.
    if (error instanceof Deno.errors.IsADirectory) return A_FOLDER;
    return error instanceof Error ? error.message : String(error);
  }
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** What stands there itself; null: nothing. */
export function kindAt(path: string): "folder" | "link" | "file" | null {
  try {
    const { isSymlink, isDirectory } = Deno.lstatSync(path);
    return isSymlink ? "link" : isDirectory ? "folder" : "file";
  } catch (error) {
    const { NotFound, NotADirectory } = Deno.errors;
    if (error instanceof NotFound || error instanceof NotADirectory) {
      return null;
    }
    throw error;
  }
}

function realPath(path: string): string | null {
  try {
    return Deno.realPathSync(path);
  } catch {
    return null;
  }
}

/** The link leads to where it would be put: an input that was linked there. */
export function isSame(ground: Ground, path: string, text: string): boolean {
  const place = placeOf(ground, path);
  const link = text.startsWith("/")
    ? text
    : join(placeOf(ground, parent(path)), text);
  const there = realPath(link);
  return there !== null && there === realPath(place);
}

export function stampOf(ground: Ground, path: string): readonly FileStamp[] {
  try {
    const { size, mtime } = Deno.statSync(placeOf(ground, path));
    return [{ path, bytes: size, modified: mtime?.getTime() ?? 0 }];
  } catch {
    return [];
  }
}
