/** Puts what was received in its place, and says what is at home and what is not. */
import { localScript } from "./local_script.ts";
import type { Beside, Collected } from "../event.ts";
import { isBytesName } from "../text/bytes_name.ts";
import { foldersAbove, join } from "../text/path.ts";
import { placeScript, type ShellPut } from "../script/place_script.ts";
import { leadOf } from "./links.ts";
import type { OwnFiles } from "./own_files.ts";
import { askedOf, groupByPick, ownersOf } from "./picked.ts";
import {
  isSame,
  kindAt,
  placeFile,
  placeFolder,
  placeLink,
  placeOf,
  type Placing,
  stampOf,
  startOf,
} from "./place.ts";
import type { Received } from "./receive.ts";
import { shown } from "./unpack.ts";
import { namedBefore, unreadNames } from "./unread.ts";

export interface Outcome {
  readonly results: readonly Omit<Collected, "task">[];
  readonly refused: readonly string[];
}

export interface Putting extends Placing {
  readonly own: OwnFiles;
}

/** What became of each path. */
interface Put {
  readonly home: Set<string>;
  readonly stuck: Map<string, string>;
  readonly beside: Map<string, string>;
}

/** Files moved into place before others have their turn. */
const MOVED_AT_ONCE = 1000;

export async function putResults(
  received: Received,
  at: Omit<Putting, "isAsked">,
): Promise<Outcome> {
  const { picks, landed } = received;
  const putting: Putting = { ...at, isAsked: askedOf(picks) };
  const files = groupByPick(picks, [...landed.files.keys()]);
  const folders = groupByPick(picks, [...landed.folders]);
  const links = groupByPick(picks, [...landed.links.keys()]);
  const put: Put = { home: new Set(), stuck: new Map(), beside: new Map() };
  await putFiles(unique(files), received, putting, put);
  await inTurns(unique(folders), (folder) => {
    note(put, folder, placeFolder(putting, folder));
  }, isBytesName);
  await putBytes(
    unique(files),
    unique(folders),
    received,
    putting,
    put,
  );
  await putLinks(unique(links), received, putting, put);
  return outcome(received, putting, put);
}

function unique(groups: readonly (readonly string[])[]): readonly string[] {
  return [...new Set(groups.flat())];
}

function note({ home, stuck }: Put, path: string, why: string | null): void {
  if (why === null) home.add(path);
  else stuck.set(path, why);
}

/** To be called back for each would take longer than the renames themselves. */
async function inTurns(
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

async function putFiles(
  paths: readonly string[],
  { landed }: Received,
  putting: Putting,
  put: Put,
): Promise<void> {
  await inTurns(paths, (path) => {
    putAt(
      path,
      putting,
      put,
      null,
      (to) => placeFile(putting, to, landed.files.get(path)!),
    );
  }, isBytesName);
}

/** Names that a file may bear which would replace one of the user's. */
function* namesBeside(path: string): Generator<string> {
  yield path;
  yield `${path}.dpdisp`;
  for (let n = 2; n < 100; n++) yield `${path}.dpdisp-${n}`;
}

/** Puts it where it belongs; where nobody asked for it, beside what is not ours. `link`: the text of one. */
function putAt(
  path: string,
  putting: Putting,
  put: Put,
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
  { ground, own }: Putting,
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
        return stampOf(ground, name).some(own.isOurs);
      default:
        return false;
    }
  };
  return [...namesBeside(path)].find(isFree) ?? null;
}

/** What Deno cannot name a shell puts in place, all of it at once. */
async function putBytes(
  files: readonly string[],
  folders: readonly string[],
  { landed }: Received,
  putting: Putting,
  put: Put,
): Promise<void> {
  const known = (path: string) =>
    putting.own.known(path).map(({ bytes, modified }) =>
      `${bytes}:${Math.floor(modified / 1000)}`
    );
  const puts = [
    ...folders.filter(isBytesName).map((path) =>
      ({ path, to: path, what: { folder: true } }) as const
    ),
    ...files.filter(isBytesName).map((path) => {
      const file = landed.files.get(path)!.name;
      const what = putting.isAsked(path)
        ? { file }
        : { file, known: known(path) };
      return { path, to: path, what };
    }),
  ];
  const refused = await byShell(puts, putting, put);
  // A log beside the user's own.
  const beside = refused.flatMap((path) => {
    const file = landed.files.get(path);
    const to = `${path}.dpdisp`;
    return file && !putting.isAsked(path)
      ? [{ path, to, what: { file: file.name, known: known(to) } }]
      : [];
  });
  const still = new Set(await byShell(beside, putting, put));
  for (const { path, to } of beside) {
    if (!still.has(path)) put.beside.set(path, to);
  }
}

interface BytesPut {
  readonly path: string;
  readonly to: string;
  readonly what: ShellPut["what"];
}

/** The paths that could not be put. */
async function byShell(
  puts: readonly BytesPut[],
  { ground, landing }: Putting,
  put: Put,
): Promise<readonly string[]> {
  if (puts.length === 0) return [];
  const told = await localScript(placeScript(
    landing,
    puts.map(({ to, what }) => {
      const { folder, steps } = startOf(ground, to);
      return { start: folder, steps, what };
    }),
  ));
  const lines = told.split("\n");
  for (const [i, { path }] of puts.entries()) {
    const line = lines[i] || "the local shell did not say what became of it";
    if (line === "ok") put.stuck.delete(path);
    note(put, path, line === "ok" ? null : line);
  }
  return puts.flatMap(({ path }) => put.home.has(path) ? [] : [path]);
}

/** Each after those that it leads through. */
async function putLinks(
  paths: readonly string[],
  received: Received,
  putting: Putting,
  put: Put,
): Promise<void> {
  const { landed, inside, followed, unfollowed } = received;
  for (const [path, why] of unfollowed) put.stuck.set(path, why);
  const leads = paths.map((path) => ({
    path,
    lead: leadOf(path, landed, inside, followed),
  }));
  const ripe = leads.flatMap(({ path, lead }) => {
    if (unfollowed.has(path)) return [];
    const text = landed.links.get(path)!;
    if (lead.to === "itself" || isSame(putting.ground, path, text)) {
      put.home.add(path);
      return [];
    }
    const plain = lead.to === "here"
      ? { goal: lead.path, through: lead.through }
      : danglingTo(path, lead, received);
    if (plain !== null) return [{ path, text, ...plain }];
    const circle = lead.to === "circle";
    put.stuck.set(path, circle ? REASON_CIRCLE : `links to ${shown(text)}`);
    return [];
  }).toSorted((a, b) => a.through.length - b.through.length);
  const bytes: BytesPut[] = [];
  await inTurns(ripe.map((_, i) => String(i)), (i) => {
    const { path, text, goal, through } = ripe[Number(i)]!;
    if (through.some((link) => !put.home.has(link))) {
      return note(put, path, "leads through a link that could not be made");
    }
    const plain = text.startsWith("/") ? relative(path, inside(text)!) : text;
    if (!isBytesName(path) && !isBytesName(plain) && !isBytesName(goal ?? "")) {
      return putAt(
        path,
        putting,
        put,
        plain,
        (to) => placeLink(putting, to, { text: plain, goal }),
      );
    }
    if (goal === null) return note(put, path, `links to ${shown(text)}`);
    const full = placeOf(putting.ground, goal);
    bytes.push({ path, to: path, what: { link: plain, goal: full } });
  }, () => false);
  await byShell(bytes, putting, put);
}

const REASON_CIRCLE = "is a link that leads round in a circle";

/** A link to nothing comes where that nothing would have come too. */
function danglingTo(
  path: string,
  lead: ReturnType<typeof leadOf>,
  { dangling, picks }: Received,
): { readonly goal: null; readonly through: readonly string[] } | null {
  if (
    lead.to !== "away" || lead.path === null || lead.through.length > 0 ||
    !dangling.has(path)
  ) return null;
  return ownersOf(picks)(lead.path).length > 0
    ? { goal: null, through: [] }
    : null;
}

/** A path below the work base, as a link there says it. */
function relative(link: string, path: string): string {
  return join([...foldersAbove(link).map(() => "..")].join("/") || ".", path);
}

/** Tells whether a path is one of these, or a folder that one of them is in. */
function withFolders(paths: Iterable<string>): (path: string) => boolean {
  const all = new Set(
    [...paths].flatMap((path) => [path, ...foldersAbove(path)]),
  );
  return (path) => all.has(path) || path === "." && all.size > 0;
}

function outcome(
  { picks, landed, announced, unread }: Received,
  { ground, own }: Putting,
  { home, stuck, beside }: Put,
): Outcome {
  const isHome = withFolders(home);
  const unreadPaths = unreadNames(unread, picks);
  const isTold = withFolders([...landed.leftOut, ...stuck.keys()]);
  const removed = namedBefore("File removed before we read it", unread);
  const lost = announced.filter((path) =>
    !isHome(path) && !isTold(path) && !removed.has(path)
  );
  const sockets = namedBefore("socket ignored", unread);
  const silent = lost.filter((path) =>
    !sockets.has(path) &&
    ![path, ...foldersAbove(path)].some((name) => unreadPaths.has(name))
  );
  const missed = new Set([
    ...unreadPaths,
    ...lost,
    ...stuck.keys(),
    ...landed.leftOut,
  ]);
  const kept = groupByPick(picks, [...missed]);
  const came = groupByPick(picks, [...home]);
  const results = picks.map(({ missing }, i) => {
    const paths = came[i]!.map((path) => beside.get(path) ?? path);
    const moved = came[i]!.flatMap((path): readonly Beside[] =>
      beside.has(path) ? [{ path, instead: beside.get(path)! }] : []
    );
    return {
      files: paths.flatMap((path) => stampsOf(path)),
      missing,
      ...kept[i]!.length > 0 && { kept: kept[i]! },
      ...moved.length > 0 && { beside: moved },
    };
  });
  own.add(results.flatMap(({ files }) => files));
  return {
    results,
    refused: [
      ...unread,
      ...landed.refused,
      ...[...stuck].map(([path, why]) => `${shown(path)}: ${why}`),
      ...silent.map((path) => `${shown(path)}: is there, and did not come`),
    ],
  };

  function stampsOf(path: string) {
    if (!isBytesName(path)) {
      return landed.folders.has(path) ? [] : stampOf(ground, path);
    }
    const file = landed.files.get(path);
    return file
      ? [{ path, bytes: file.bytes, modified: file.modified ?? 0 }]
      : [];
  }
}
