/** Puts what was received in its place, and says what is at home and what is not. */
import type { Beside, Collected } from "../../model/event.ts";
import { isBytesName } from "../../text/bytes_name.ts";
import { foldersAbove } from "../../text/path.ts";
import { askedOf, groupByPick } from "./matched_outputs.ts";
import { placeFile, placeFolder, stampOf } from "./install.ts";
import { putBytes } from "./install_bytes_names.ts";
import { putLinks } from "./install_links.ts";
import {
  inTurns,
  note,
  type Put,
  putAt,
  type Putting,
} from "./install_files.ts";
import type { Received } from "../shell/receive.ts";
import { shown } from "./received_files.ts";
import { namedBefore, unreadNames } from "../shell/unreadable_files.ts";

export interface Outcome {
  readonly results: readonly Omit<Collected, "task">[];
  readonly refused: readonly string[];
}

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
