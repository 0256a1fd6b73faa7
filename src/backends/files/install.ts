/**
 * Installs received files in the work base. No part of the path may
 * be a link: each is checked when it is entered. A link at the
 * end of the path is replaced, never written through.
 */
import type { FileStamp } from "../../model/event.ts";
import { ancestors, join, parent } from "../../text/path.ts";
import type { ReceivedFile } from "./received_files.ts";

/** The directories that paths below the work base lead to. */
export interface Ground {
  /** Resolved path of the work base. */
  readonly base: string;
  /** Task directories that are behind a link of the user, with their resolved paths before the first download. */
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

/** The directory at which a path starts, and the remaining parts of the path. */
export function startOf(
  { base, linked }: Ground,
  directory: string,
): {
  readonly directory: string;
  readonly done: string;
  readonly steps: readonly string[];
} {
  const start = linked.size === 0
    ? undefined
    : [...ancestors(directory), directory].findLast((dir) => linked.has(dir));
  const rest = start === undefined
    ? directory
    : directory.slice(start.length + 1);
  return {
    directory: start === undefined ? base : linked.get(start)!,
    done: start ?? ".",
    steps: rest === "." || rest === "" ? [] : rest.split("/"),
  };
}

export interface Placing {
  readonly ground: Ground;
  /** The directory of the received files. */
  readonly incomingDir: string;
  /** The path was requested by a pattern: an existing file is replaced. */
  readonly isAsked: (path: string) => boolean;
}

type Way = { readonly directory: string } | { readonly why: string };

/** Creates a directory below the work base, and its parents. */
function makeWay({ ground, isAsked }: Placing, directory: string): Way {
  const start = startOf(ground, directory);
  let at = start.directory;
  let done = start.done;
  for (const step of start.steps) {
    at = join(at, step);
    done = join(done, step);
    const there = kindAt(at);
    if (there === "directory") continue;
    if (there === "link") {
      return {
        why:
          `${done} is a symlink on this computer, and dpdisp does not write through it; remove it, or replace it by a directory`,
      };
    }
    if (there !== null && !isAsked(done)) {
      return {
        why:
          `${done} is a file on this computer that no backward_files pattern matches`,
      };
    }
    // A newer result replaces the file.
    if (there !== null) Deno.removeSync(at);
    Deno.mkdirSync(at);
  }
  return { directory: at };
}

/** Why the file could not be installed; null: it was. */
export function placeFile(
  placing: Placing,
  path: string,
  file: ReceivedFile,
): string | null {
  return attempt(() => {
    const way = makeWay(placing, parent(path));
    if ("why" in way) return way.why;
    // A task directory behind a link of the user counts as a directory.
    if (placing.ground.linked.has(path)) return IS_DIRECTORY;
    const to = join(way.directory, nameOf(path));
    moveFile(`${placing.incomingDir}/${file.name}`, to, way.directory);
    return null;
  });
}

/** Why the directory could not be created; null: it exists. */
export function placeDirectory(
  placing: Placing,
  directory: string,
): string | null {
  return attempt(() => {
    const way = makeWay(placing, directory);
    return "why" in way ? way.why : null;
  });
}

/**
 * Creates a link that must lead to `goal`, which is installed already (null: to
 * nothing yet). Only where it leads from its local place counts.
 */
export function placeLink(
  placing: Placing,
  path: string,
  { text, goal }: { readonly text: string; readonly goal: string | null },
): string | null {
  return attempt(() => {
    const way = makeWay(placing, parent(path));
    if ("why" in way) return way.why;
    const to = join(way.directory, nameOf(path));
    if (kindAt(to) === "directory" || placing.ground.linked.has(path)) {
      return IS_DIRECTORY;
    }
    const leads = realPath(`${way.directory}/${text}`);
    const isRight = goal === null
      ? leads === null && !isThroughLink(way.directory, text)
      : leads === localPathOf(placing.ground, goal);
    if (!isRight) return `would lead elsewhere on this computer (${text})`;
    replace(to, way.directory, (fresh) => Deno.symlinkSync(text, fresh));
    return null;
  });
}

const IS_DIRECTORY = "a directory with this name exists on this computer";

/** The local path of a file that is not a link. */
export function localPathOf(ground: Ground, path: string): string {
  const { directory, steps } = startOf(ground, path);
  return steps.length === 0 ? directory : join(directory, steps.join("/"));
}

/** True where a part of the path is a link; parts that do not exist yet are inside the work base in any case. */
function isThroughLink(directory: string, text: string): boolean {
  let at = directory;
  for (const step of text.split("/")) {
    at = step === ".." ? at.slice(0, at.lastIndexOf("/")) : join(at, step);
    if (kindAt(at) === "link") return true;
  }
  return false;
}

/** A task directory may be in another file system. */
function moveFile(from: string, to: string, directory: string): void {
  try {
    Deno.renameSync(from, to);
  } catch (error) {
    if ((error as { code?: string }).code !== "EXDEV") throw error;
    const { mode, mtime } = Deno.statSync(from);
    replace(to, directory, (fresh) => {
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
  directory: string,
  make: (fresh: string) => void,
): void {
  const fresh = `${directory}/.dpdisp-${crypto.randomUUID()}`;
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
    // The rename itself reports it: to check first would cost as much as the rename.
    if (error instanceof Deno.errors.IsADirectory) return IS_DIRECTORY;
    return error instanceof Error ? error.message : String(error);
  }
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** The kind of the file itself, without following a link; null: there is none. */
export function kindAt(path: string): "directory" | "link" | "file" | null {
  try {
    const { isSymlink, isDirectory } = Deno.lstatSync(path);
    return isSymlink ? "link" : isDirectory ? "directory" : "file";
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

/** The link leads to the place where it would be installed: an input that was linked on the remote host. */
export function isSame(ground: Ground, path: string, text: string): boolean {
  const place = localPathOf(ground, path);
  const link = text.startsWith("/")
    ? text
    : join(localPathOf(ground, parent(path)), text);
  const there = realPath(link);
  return there !== null && there === realPath(place);
}

export function stampOf(ground: Ground, path: string): readonly FileStamp[] {
  try {
    const { size, mtime } = Deno.statSync(localPathOf(ground, path));
    return [{ path, bytes: size, modified: mtime?.getTime() ?? 0 }];
  } catch {
    return [];
  }
}
