/** Brings results home: one tar stream, unpacked beside them, put in place when it is complete. */
import { fail, ok, type Result } from "../result.ts";
import { collectScript } from "../script/collect_script.ts";
import type { Section } from "../script/reply.ts";
import type { Squeeze } from "../script/squeeze.ts";
import type { Clockwork } from "../world.ts";
import { askParts, type Far } from "./ask.ts";
import { FILE_PATIENCE_S } from "./patience.ts";
import type { Homecoming, Transfer, Wanted } from "./backend.ts";
import { groupByPick, type Picked, readPicks } from "./picked.ts";
import { isSame, placer, stampOf } from "./place.ts";
import { arrival } from "./transfer.ts";
import { type Unpacked, unpackTar } from "./unpack.ts";
import { unreadFiles, unreadNames } from "./unread.ts";

type Bytes = ReadableStream<Uint8Array<ArrayBuffer>>;

/** Where results go: local folder, and the far folder that links may name. */
export interface Home {
  readonly base: string;
  /** Absolute far root; links into it are made to point into `base`. Null: base and root are one folder. */
  readonly farRoot: string | null;
  /** A local folder of our own in the file system of `base`, for what is not complete yet. */
  readonly landing: string;
  readonly squeeze: Squeeze | null;
  readonly clock: Clockwork;
  readonly onTransfer: (transfer: Transfer | null) => void;
}

export async function bring(
  far: Far,
  wanted: readonly Wanted[],
  home: Home,
): Promise<Result<Homecoming>> {
  // Tasks that share a folder often want the same; it travels once.
  const distinct = new Map(
    wanted.map((want) => [JSON.stringify(want), want]),
  );
  const brought = await bringDistinct(far, [...distinct.values()], home);
  if (!brought.ok) return brought;
  const { results, refused } = brought.value;
  const byWant = new Map([...distinct.keys()].map((key, i) => [key, i]));
  return ok({
    results: wanted.map((want) => results[byWant.get(JSON.stringify(want))!]!),
    refused,
  });
}

async function bringDistinct(
  far: Far,
  wanted: readonly Wanted[],
  home: Home,
): Promise<Result<Homecoming>> {
  const sections: Section[] = [];
  const landed: Result<Unpacked>[] = [];
  await leaveLanding(home); // of a dpdisp that died
  const { squeeze, clock, onTransfer } = home;
  const body = collectScript(wanted, home.farRoot !== null, squeeze);
  for await (
    const part of askParts(far, {
      purpose: "collect results",
      body,
      hasRaw: true,
      patience_s: FILE_PATIENCE_S,
    })
  ) {
    if (!part.ok) return await drop(home, part);
    if ("section" in part.value) {
      sections.push(part.value.section);
      continue;
    }
    const way = { squeeze, total: null, clock, onTransfer };
    const raw = ending(part.value.raw);
    const unpacked = await unpackTar(
      await arrival(raw.stream, way),
      home.landing,
      insideOf(home, sections),
    );
    onTransfer(null);
    // Where it ended too early, what follows may tell why.
    if (!unpacked.ok && !raw.ended()) return await drop(home, unpacked);
    landed.push(unpacked);
  }
  const [unpacked] = landed;
  if (unpacked?.ok === false) return await drop(home, unpacked);
  const unread = unreadFiles(sections);
  return unread.ok
    ? await settle(
      readPicks(sections, wanted),
      home,
      unpacked?.value,
      unread.value,
    )
    : await drop(home, unread);
}

/** The stream, and whether it has come to its end. */
function ending(
  stream: Bytes,
): { readonly stream: Bytes; readonly ended: () => boolean } {
  const seen = { ended: false };
  const flush = () => void (seen.ended = true);
  return {
    stream: stream.pipeThrough(new TransformStream({ flush })),
    ended: () => seen.ended,
  };
}

/** Files moved into place before others have their turn. */
const MOVED_AT_ONCE = 1000;

/** Puts what landed in place, file by file, each by a rename. */
async function settle(
  picks: readonly Picked[],
  home: Home,
  landed: Unpacked | undefined,
  unread: readonly string[],
): Promise<Result<Homecoming>> {
  const { groups, rest } = groupByPick(picks, landed?.files ?? []);
  const ownFolders = groupByPick(picks, landed?.folders ?? []);
  const { place, makeFolder } = placer(home, [
    ...rest,
    ...landed?.links ?? [],
    // One that holds nothing is in itself.
    ...ownFolders.rest.map((folder) => `${folder}/.`),
  ]);
  const stuck = new Map([
    ...await inTurns(groups.flat(), async (path) => {
      const isLink = landed?.links.has(path) ?? false;
      return isLink && await isSame(home, path) ? null : place(path);
    }),
    ...await inTurns(ownFolders.groups.flat(), makeFolder),
  ]);
  await leaveLanding(home);
  const files = landed ? groups : picks.map(({ names }) => names);
  const { groups: kept } = groupByPick(picks, [
    ...new Set([
      ...stuck.keys(),
      ...landed?.clashed ?? [],
      ...unreadNames(unread, picks),
    ]),
  ]);
  return ok({
    results: picks.map(({ missing }, i) => ({
      files: files[i]!.flatMap((path) =>
        stuck.has(path) ? [] : stampOf(home.base, path)
      ),
      missing,
      ...kept[i]!.length > 0 && { kept: kept[i]! },
    })),
    refused: [
      ...unread,
      ...landed?.refused ?? [],
      ...rest.map((path) => `${path}: was not asked for`),
      ...[...stuck].map(([path, why]) => `${path}: ${why}`),
    ],
  });
}

/** Puts each path, and gives those that could not be put, with the reason; others have their turn now and then. */
async function inTurns(
  paths: readonly string[],
  put: (path: string) => string | null | Promise<string | null>,
): Promise<readonly (readonly [string, string])[]> {
  const stuck: (readonly [string, string])[] = [];
  for (const [i, path] of [...new Set(paths)].entries()) {
    // To be called back for each would take longer than the renames themselves.
    if (i > 0 && i % MOVED_AT_ONCE === 0) {
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
    const why = await put(path);
    if (why !== null) stuck.push([path, why]);
  }
  return stuck;
}

/** Where in the base a far link into the far root leads, whichever way its writer reached that; null: not into it. */
function insideOf(
  { base, farRoot }: Home,
  sections: readonly Section[],
): (target: string) => string | null {
  const real = sections.find(({ words }) => words[0] === "real")?.text;
  const roots = [base, Deno.realPathSync(base), farRoot, real?.trimEnd()]
    .filter((root) => root);
  return (target) => {
    const root = roots.find((root) => target.startsWith(`${root}/`));
    return root ? target.slice(root.length + 1) : null;
  };
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
