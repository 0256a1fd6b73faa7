/** Installs received files, and reports what was installed and what was not. */
import type { CollectedTask, RenamedLog } from "../../model/event.ts";
import { isBytesName } from "../../text/bytes_name.ts";
import { ancestors } from "../../text/path.ts";
import { askedOf, groupByRequest } from "./matched_outputs.ts";
import { placeDirectory, placeFile, stampOf } from "./install.ts";
import { installBytesNames } from "./install_bytes_names.ts";
import { installLinks } from "./install_links.ts";
import {
  installAt,
  type Installed,
  type Installing,
  inTurns,
  note,
} from "./install_files.ts";
import { type ReceivedResults, shown } from "./received_files.ts";
import { namedBefore, unreadablePaths } from "./unreadable_files.ts";

export interface InstallOutcome {
  readonly results: readonly Omit<CollectedTask, "task">[];
  readonly notCollected: readonly string[];
}

export async function installResults(
  received: ReceivedResults,
  at: Omit<Installing, "isAsked">,
): Promise<InstallOutcome> {
  const { matches, files: all } = received;
  const installing: Installing = { ...at, isAsked: askedOf(matches) };
  const files = groupByRequest(matches, [...all.files.keys()]);
  const directories = groupByRequest(matches, [...all.directories]);
  const links = groupByRequest(matches, [...all.links.keys()]);
  const installed: Installed = {
    done: new Set(),
    failed: new Map(),
    renamed: new Map(),
  };
  await installFiles(unique(files), received, installing, installed);
  await inTurns(unique(directories), (directory) => {
    note(installed, directory, placeDirectory(installing, directory));
  }, isBytesName);
  await installBytesNames(
    unique(files),
    unique(directories),
    received,
    installing,
    installed,
  );
  await installLinks(unique(links), received, installing, installed);
  return outcome(received, installing, installed);
}

function unique(groups: readonly (readonly string[])[]): readonly string[] {
  return [...new Set(groups.flat())];
}

async function installFiles(
  paths: readonly string[],
  { files: received }: ReceivedResults,
  installing: Installing,
  installed: Installed,
): Promise<void> {
  await inTurns(paths, (path) => {
    installAt(
      path,
      installing,
      installed,
      null,
      (to) => placeFile(installing, to, received.files.get(path)!),
    );
  }, isBytesName);
}

/** A test whether a path is one of these, or a directory that contains one of them. */
function withDirectories(paths: Iterable<string>): (path: string) => boolean {
  const all = new Set(
    [...paths].flatMap((path) => [path, ...ancestors(path)]),
  );
  return (path) => all.has(path) || path === "." && all.size > 0;
}

function outcome(
  { matches, files: received, announced, unread }: ReceivedResults,
  { ground, own }: Installing,
  { done, failed, renamed }: Installed,
): InstallOutcome {
  const isInstalled = withDirectories(done);
  const unreadPaths = unreadablePaths(unread, matches);
  const isReported = withDirectories([...received.leftOut, ...failed.keys()]);
  const removed = namedBefore("File removed before we read it", unread);
  const lost = announced.filter((path) =>
    !isInstalled(path) && !isReported(path) && !removed.has(path)
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
    ...received.leftOut,
  ]);
  const notDownloaded = groupByRequest(matches, [...missed]);
  const downloaded = groupByRequest(matches, [...done]);
  const results = matches.map(({ missing }, i) => {
    const paths = downloaded[i]!.map((path) => renamed.get(path) ?? path);
    const moved = downloaded[i]!.flatMap((path): readonly RenamedLog[] =>
      renamed.has(path) ? [{ path, savedAs: renamed.get(path)! }] : []
    );
    return {
      files: paths.flatMap((path) => stampsOf(path)),
      missing,
      ...notDownloaded[i]!.length > 0 && { notDownloaded: notDownloaded[i]! },
      ...moved.length > 0 && { renamedLogs: moved },
    };
  });
  own.add(results.flatMap(({ files }) => files));
  return {
    results,
    notCollected: [
      ...unread,
      ...received.refused,
      ...[...failed].map(([path, why]) => `${shown(path)}: ${why}`),
      ...silent.map((path) =>
        `${shown(path)}: exists on the remote host, and was not received`
      ),
    ],
  };

  function stampsOf(path: string) {
    if (!isBytesName(path)) {
      return received.directories.has(path) ? [] : stampOf(ground, path);
    }
    const file = received.files.get(path);
    return file
      ? [{ path, bytes: file.bytes, modified: file.modified ?? 0 }]
      : [];
  }
}
