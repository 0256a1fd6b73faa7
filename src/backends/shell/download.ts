/** Downloads results: only what was requested; each file is installed once it is complete. */
import { fail, ok, type Result } from "../../text/result.ts";
import { collectScript } from "../../script/collect_script.ts";
import { RUN_DIRECTORY } from "../../script/remote_layout.ts";
import type { Compression } from "../../script/compression.ts";
import type { Clock } from "../../environment/environment.ts";
import { callRemote, type Remote } from "./call_remote.ts";
import type { DownloadBudget } from "../files/download_limits.ts";
import { closeIncomingDir, openIncomingDir } from "../files/incoming_dir.ts";
import type { OwnFiles } from "../files/own_files.ts";
import { FILE_STALL_LIMIT_S } from "./stall_limit.ts";
import { parseMatches } from "../files/matched_outputs.ts";
import { type Ground, isSame, stampOf } from "../files/install.ts";
import { installResults } from "../files/install_results.ts";
import { receive } from "./receive.ts";
import type {
  CollectReply,
  CollectRequest,
  Transfer,
} from "../../model/backend_messages.ts";

/** Where results are downloaded to. */
export interface DownloadTarget {
  readonly base: string;
  /** Absolute remote root; links into it are changed to point into `base`. Null: both are one directory. */
  readonly remoteRoot: string | null;
  /** The run key, which is part of the names of our directories. */
  readonly key: string;
  /** Where paths below `base` lead, as before the first download. */
  readonly ground: () => Ground;
  readonly own: OwnFiles;
  readonly budget: DownloadBudget;
  readonly compression: Compression | null;
  readonly clock: Clock;
  readonly onTransfer: (transfer: Transfer | null) => void;
}

export async function download(
  remote: Remote,
  requests: readonly CollectRequest[],
  target: DownloadTarget,
): Promise<Result<CollectReply>> {
  // Tasks that share a directory often request the same files, which are downloaded once.
  const distinct = new Map(
    requests.map((want) => [JSON.stringify(want), want]),
  );
  const { remoteRoot } = target;
  const collected = remoteRoot === null
    ? await listInPlace(remote, [...distinct.values()], target)
    : await fetch(remote, [...distinct.values()], { ...target, remoteRoot });
  if (!collected.ok) return collected;
  const { results, notCollected } = collected.value;
  const byWant = new Map([...distinct.keys()].map((key, i) => [key, i]));
  return ok({
    results: requests.map((want) =>
      results[byWant.get(JSON.stringify(want))!]!
    ),
    notCollected,
  });
}

/** The results are already in the work base and are only listed. */
async function listInPlace(
  remote: Remote,
  requests: readonly CollectRequest[],
  target: DownloadTarget,
): Promise<Result<CollectReply>> {
  const body = collectScript(requests, false);
  const sections = await callRemote(remote, {
    purpose: "collect results",
    body,
    patience_s: FILE_STALL_LIMIT_S,
  });
  if (!sections.ok) return sections;
  const ground = target.ground();
  return ok({
    results: parseMatches(sections.value, requests).map((
      { names, missing },
    ) => ({
      files: names.flatMap((path) => stampOf(ground, path)),
      missing,
    })),
    notCollected: [],
  });
}

async function fetch(
  remote: Remote,
  requests: readonly CollectRequest[],
  target: DownloadTarget & { readonly remoteRoot: string },
): Promise<Result<CollectReply>> {
  const ground = target.ground();
  const incomingDir = openIncomingDir(
    `${ground.base}/${RUN_DIRECTORY}`,
    target.key,
  );
  if (!incomingDir.ok) return incomingDir;
  try {
    const received = await receive(remote, requests, {
      ...target,
      incomingDir: incomingDir.value,
      isSame: (path, text) => isSame(ground, path, text),
    });
    if (!received.ok) return fail(received.error);
    return ok(
      await installResults(received.value, {
        ground,
        incomingDir: incomingDir.value,
        own: target.own,
      }),
    );
  } finally {
    closeIncomingDir(incomingDir.value);
  }
}
