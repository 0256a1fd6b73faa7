/** Puts what has landed in its place in the work base. */
import type { Stamp } from "../event.ts";
import { join, normalise, parent } from "../text/path.ts";

/** Local folders: what is not complete yet, and where it goes. */
interface Places {
  readonly landing: string;
  readonly base: string;
}

/** Why the path could not be put in place; `made`: folders that are known to be there. */
export async function place(
  { landing, base }: Places,
  path: string,
  made: Set<string>,
): Promise<string | null> {
  const folder = parent(path);
  try {
    if (!made.has(folder)) await makeWay(base, folder);
    made.add(folder);
    await Deno.rename(`${landing}/${path}`, `${base}/${path}`);
    return null;
  } catch (error) {
    if (error instanceof Deno.errors.IsADirectory) {
      return "a folder is in its place";
    }
    return error instanceof Error ? error.message : String(error);
  }
}

/** Makes the folder; a file that is in the place of one makes way, as for any newer result. */
async function makeWay(base: string, folder: string): Promise<void> {
  const full = join(base, folder);
  try {
    await Deno.mkdir(full, { recursive: true });
  } catch {
    const steps = folder.split("/");
    for (const [i] of steps.entries()) {
      const above = [base, ...steps.slice(0, i + 1)].join("/");
      const stat = await Deno.stat(above).catch(() => null);
      if (stat?.isFile) await Deno.remove(above);
    }
    await Deno.mkdir(full, { recursive: true });
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

/** Folders come though they are empty; tells which cannot. */
export async function makeFolders(
  { base }: Places,
  folders: Iterable<string>,
  made: ReadonlySet<string>,
): Promise<readonly string[]> {
  const refused: string[] = [];
  for (const folder of folders) {
    if (made.has(folder)) continue;
    await makeWay(base, folder).catch((error) => {
      refused.push(
        `${folder}: ${error instanceof Error ? error.message : error}`,
      );
    });
  }
  return refused;
}
