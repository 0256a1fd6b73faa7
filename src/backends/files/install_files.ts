/** What is put where, one by one: a file, or what stands beside one of the user's. */
import type { OwnFiles } from "./own_files.ts";
import { kindAt, placeOf, type Placing, stampOf } from "./install.ts";

export interface Installing extends Placing {
  readonly own: OwnFiles;
}

/** What became of each path. */
export interface Installed {
  readonly home: Set<string>;
  readonly stuck: Map<string, string>;
  readonly beside: Map<string, string>;
}

/** Files moved into place before others have their turn. */
const MOVED_AT_ONCE = 1000;

export function note(
  { home, stuck }: Installed,
  path: string,
  why: string | null,
): void {
  if (why === null) home.add(path);
  else stuck.set(path, why);
}

/** To be called back for each would take longer than the renames themselves. */
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

/** Names that a file may bear which would replace one of the user's. */
function* namesBeside(path: string): Generator<string> {
  yield path;
  yield `${path}.dpdisp`;
  for (let n = 2; n < 100; n++) yield `${path}.dpdisp-${n}`;
}

/** Puts it where it belongs; where nobody asked for it, beside what is not ours. `link`: the text of one. */
export function putAt(
  path: string,
  putting: Installing,
  put: Installed,
  link: string | null,
  place: (to: string) => string | null,
): void {
  const to = putting.isAsked(path) ? path : freePlace(path, putting, link);
  if (to === null) return note(put, path, "what is in its place stays there");
  const why = place(to);
  note(put, path, why);
  if (why === null && to !== path) put.beside.set(path, to);
}

/** The first of those names under which nothing is but what a run of ours put there; null: none is. */
function freePlace(
  path: string,
  { ground, own }: Installing,
  link: string | null,
): string | null {
  const isFree = (name: string) => {
    const at = placeOf(ground, name);
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
