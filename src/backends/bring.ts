/** Brings results home: one tar stream, unpacked beside them, put in place when it is complete. */
import type { Stamp } from "../event.ts";
import { fail, ok, type Result } from "../result.ts";
import { collectScript } from "../script/collect_script.ts";
import type { Section } from "../script/reply.ts";
import { askParts, type Far } from "./ask.ts";
import type { Homecoming, Wanted } from "./backend.ts";
import { type Unpacked, unpackTar } from "./unpack.ts";

/** Where results go: local folder, and the far folder that links may name. */
export interface Home {
  readonly base: string;
  /** Absolute far root; its links are made to point into `base`. Null: base and root are one folder. */
  readonly farRoot: string | null;
  /** A local folder of our own in the file system of `base`, for what is not complete yet. */
  readonly landing: string;
}

export async function bring(
  far: Far,
  wanted: readonly Wanted[],
  home: Home,
): Promise<Result<Homecoming>> {
  const sections: Section[] = [];
  const landed: Unpacked[] = [];
  await leaveLanding(home); // of a dpdisp that died
  const body = collectScript(wanted, home.farRoot !== null);
  for await (
    const part of askParts(far, { purpose: "collect results", body })
  ) {
    if (!part.ok) return await drop(home, part);
    if ("section" in part.value) {
      sections.push(part.value.section);
      continue;
    }
    const unpacked = await unpackTar(
      part.value.raw,
      home.landing,
      (target) => inside(home, target),
    );
    if (!unpacked.ok) {
      return await drop(home, unpacked);
    }
    landed.push(unpacked.value);
  }
  return await settle(wanted, home, sections, landed[0]);
}

/** Puts what landed in place, file by file, each by a rename. */
async function settle(
  wanted: readonly Wanted[],
  home: Home,
  sections: readonly Section[],
  landed: Unpacked | undefined,
): Promise<Result<Homecoming>> {
  const picks = readPicks(sections, wanted);
  const refused = [...landed?.refused ?? []];
  for (const path of landed?.files ?? []) {
    const why = await place(`${home.landing}/${path}`, `${home.base}/${path}`);
    if (why !== null) refused.push(`${path}: ${why}`);
  }
  await leaveLanding(home);
  const files = landed
    ? groupByPick(picks, landed.files)
    : picks.map(({ names }) => names);
  const results = picks.map(({ missing }, i) => ({
    files: files[i]!.flatMap((path) => stampOf(home.base, path)),
    missing,
  }));
  return ok({ results, refused });
}

interface Picked {
  readonly names: readonly string[];
  readonly missing: readonly string[];
}

/** What the script listed for each of what was wanted. */
function readPicks(
  sections: readonly Section[],
  wanted: readonly Wanted[],
): readonly Picked[] {
  const picks = wanted.map(() => ({
    names: new Set<string>(),
    missing: [] as string[],
  }));
  let current = 0;
  for (const { words: [name, number], text } of sections) {
    if (name === "pick") current = Number(number);
    if (name === "missing") {
      picks[current]!.missing.push(wanted[current]!.patterns[Number(number)]!);
    }
    if (name !== "pick" && name !== "missing") continue;
    for (const path of text.split("\0").slice(0, -1)) {
      picks[current]!.names.add(tidy(path));
    }
  }
  return picks.map(({ names, missing }) => ({ names: [...names], missing }));
}

function tidy(path: string): string {
  return path.split("/").filter((part) => part !== "" && part !== ".").join(
    "/",
  );
}

/** A folder that was wanted came as its files. */
function groupByPick(
  picks: readonly Picked[],
  files: readonly string[],
): readonly (readonly string[])[] {
  const owner = new Map(
    picks.flatMap(({ names }, i) => names.map((name) => [name, i] as const)),
  );
  const groups: string[][] = picks.map(() => []);
  for (const path of files) {
    const steps = path.split("/");
    const name = steps.map((_, i) => steps.slice(0, steps.length - i).join("/"))
      .find((name) => owner.has(name));
    if (name !== undefined) groups[owner.get(name)!]!.push(path);
  }
  return groups;
}

/** A far link into the far root is one into the base; a link to the very same place is an input that was linked there. */
function inside({ base, farRoot }: Home, target: string): string | null {
  const root = [base, farRoot].find((root) =>
    root !== null && target.startsWith(`${root}/`)
  );
  return root ? tidy(target.slice(root.length)) : null;
}

async function place(from: string, to: string): Promise<string | null> {
  try {
    const link = await Deno.readLink(from).catch(() => null);
    if (link !== null && await isSame(to, link)) return null;
    await Deno.mkdir(to.slice(0, to.lastIndexOf("/")), { recursive: true });
    await Deno.rename(from, to);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** The link would point at itself. */
async function isSame(to: string, link: string): Promise<boolean> {
  const folder = to.slice(0, to.lastIndexOf("/"));
  const real = await Deno.realPath(`${folder}/${link}`).catch(() => null);
  return real !== null && real === await Deno.realPath(to).catch(() => null);
}

function stampOf(base: string, path: string): readonly Stamp[] {
  try {
    const { size, mtime } = Deno.statSync(`${base}/${path}`);
    return [{ path, bytes: size, modified: mtime?.getTime() ?? 0 }];
  } catch {
    return [];
  }
}

async function drop<E>(
  home: Home,
  failure: { readonly ok: false; readonly error: E },
): Promise<Result<never, E>> {
  await leaveLanding(home);
  return fail(failure.error);
}

/** Removes the landing folder, and the one it is in if that is empty. */
async function leaveLanding({ landing, farRoot }: Home): Promise<void> {
  if (farRoot === null) return;
  const parent = landing.slice(0, landing.lastIndexOf("/"));
  await Deno.remove(landing, { recursive: true }).catch(() => {});
  await Deno.remove(parent).catch(() => {});
}
