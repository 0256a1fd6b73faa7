/** Installs received files, and reports what was installed and what was not. */
import type { CollectedTask, RenamedLog } from "../../model/event.ts";
import { isBytesName } from "../../text/bytes_name.ts";
import { ancestors } from "../../text/path.ts";
import { askedOf, groupByRequest } from "./matched_outputs.ts";
import { placeFile, placeFolder, stampOf } from "./install.ts";
import { installBytesNames } from "./install_bytes_names.ts";
import { installLinks } from "./install_links.ts";
import {
  type Installed,
  type Installing,
  inTurns,
  note,
  putAt,
} from "./install_files.ts";
import type { Received } from "../shell/receive.ts";
import { shown } from "./received_files.ts";
import { namedBefore, unreadablePaths } from "../shell/unreadable_files.ts";

export interface Outcome {
  readonly results: readonly Omit<CollectedTask, "task">[];
  readonly notCollected: readonly string[];
}

export async function installResults(
  received: Received,
  at: Omit<Installing, "isAsked">,
): Promise<Outcome> {
  const { picks, landed } = received;
  const putting: Installing = { ...at, isAsked: askedOf(picks) };
  const files = groupByRequest(picks, [...landed.files.keys()]);
  const folders = groupByRequest(picks, [...landed.folders]);
  const links = groupByRequest(picks, [...landed.links.keys()]);
  const put: Installed = {
    done: new Set(),
    failed: new Map(),
    renamed: new Map(),
  };
  await putFiles(unique(files), received, putting, put);
  await inTurns(unique(folders), (folder) => {
    note(put, folder, placeFolder(putting, folder));
  }, isBytesName);
  await installBytesNames(
    unique(files),
    unique(folders),
    received,
    putting,
    put,
  );
  await installLinks(unique(links), received, putting, put);
  return outcome(received, putting, put);
}

function unique(groups: readonly (readonly string[])[]): readonly string[] {
  return [...new Set(groups.flat())];
}

async function putFiles(
  paths: readonly string[],
  { landed }: Received,
  putting: Installing,
  put: Installed,
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

/** A test whether a path is one of these, or a directory that contains one of them. */
function withFolders(paths: Iterable<string>): (path: string) => boolean {
  const all = new Set(
    [...paths].flatMap((path) => [path, ...ancestors(path)]),
  );
  return (path) => all.has(path) || path === "." && all.size > 0;
}

function outcome(
  { picks, landed, announced, unread }: Received,
  { ground, own }: Installing,
  { done, failed, renamed }: Installed,
): Outcome {
  const isHome = withFolders(done);
  const unreadPaths = unreadablePaths(unread, picks);
  const isTold = withFolders([...landed.leftOut, ...failed.keys()]);
  const removed = namedBefore("File removed before we read it", unread);
  const lost = announced.filter((path) =>
    !isHome(path) && !isTold(path) && !removed.has(path)
  );
  const sockets = namedBefore("socket ignored", unread);
  const silent = lost.filter((path) =>
    !sockets.has(path) &&
    ![path, ...ancestors(path)].some((name) => unreadPaths.has(name))
  );
  const missed = new Set([
    ...unreadPaths,
    ...lost,
    ...failed.keys(),
    ...landed.leftOut,
  ]);
  const kept = groupByRequest(picks, [...missed]);
  const came = groupByRequest(picks, [...done]);
  const results = picks.map(({ missing }, i) => {
    const paths = came[i]!.map((path) => renamed.get(path) ?? path);
    const moved = came[i]!.flatMap((path): readonly RenamedLog[] =>
      renamed.has(path) ? [{ path, savedAs: renamed.get(path)! }] : []
    );
    return {
      files: paths.flatMap((path) => stampsOf(path)),
      missing,
      ...kept[i]!.length > 0 && { notDownloaded: kept[i]! },
      ...moved.length > 0 && { renamedLogs: moved },
    };
  });
  own.add(results.flatMap(({ files }) => files));
  return {
    results,
    notCollected: [
      ...unread,
      ...landed.refused,
      ...[...failed].map(([path, why]) => `${shown(path)}: ${why}`),
      ...silent.map((path) =>
        `${shown(path)}: exists on the remote host, and was not received`
      ),
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
