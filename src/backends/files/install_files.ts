/** Installs single files, under another name where the user has a file with theirs. */
import type { OwnFiles } from "./own_files.ts";
import { kindAt, localPathOf, type Placing, stampOf } from "./install.ts";

export interface Installing extends Placing {
  readonly own: OwnFiles;
}

/** The outcome of each path. */
export interface Installed {
  readonly done: Set<string>;
  readonly failed: Map<string, string>;
  readonly renamed: Map<string, string>;
}

/** Files installed before other work gets a turn. */
const MOVED_AT_ONCE = 1000;

export function note(
  { done, failed }: Installed,
  path: string,
  why: string | null,
): void {
  if (why === null) done.add(path);
  else failed.set(path, why);
}

/** A turn of the event loop for each path would take longer than the renames themselves. */
export async function inTurns(
  paths: readonly string[],
  put: (path: string) => void,
  leaveOut: (path: string) => boolean,
): Promise<void> {
  for (const [i, path] of paths.entries()) {
    if (i > 0 && i % MOVED_AT_ONCE === 0) {
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
    if (!leaveOut(path)) put(path);
  }
}

/** Names for a file that would otherwise replace one of the user's. */
function* namesBeside(path: string): Generator<string> {
  yield path;
  yield `${path}.dpdisp`;
  for (let n = 2; n < 100; n++) yield `${path}.dpdisp-${n}`;
}

/** Installs a path; one that no pattern requested does not replace a file of the user. `link`: the text of a link. */
export function installAt(
  path: string,
  installing: Installing,
  installed: Installed,
  link: string | null,
  place: (to: string) => string | null,
): void {
  const to = installing.isAsked(path)
    ? path
    : freePlace(path, installing, link);
  if (to === null) {
    return note(
      installed,
      path,
      "files with its name exist on this computer and are kept",
    );
  }
  const why = place(to);
  note(installed, path, why);
  if (why === null && to !== path) installed.renamed.set(path, to);
}

/** The first of those names with no file, or with a file that dpdisp installed; null: there is none. */
function freePlace(
  path: string,
  { ground, own }: Installing,
  link: string | null,
): string | null {
  const isFree = (name: string) => {
    const at = localPathOf(ground, name);
    switch (kindAt(at)) {
      case null:
        return true;
      case "link":
        return Deno.readLinkSync(at) === link;
      case "file":
        return stampOf(ground, name).some(own.isOwn);
      default:
        return false;
    }
  };
  return [...namesBeside(path)].find(isFree) ?? null;
}
