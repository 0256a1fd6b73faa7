/** Downloads results: only what was requested; each file is installed once it is complete. */
import { fail, ok, type Result } from "../../text/result.ts";
import { collectScript } from "../../script/collect_script.ts";
import { RUN_DIRECTORY } from "../../script/remote_layout.ts";
import type { ReplySection } from "../../script/reply.ts";
import { isBytesName } from "../../text/bytes_name.ts";
import { join, normalise } from "../../text/path.ts";
import type { Compression } from "../../script/compression.ts";
import type { Clock } from "../../environment/environment.ts";
import { callRemote, type Remote } from "./call_remote.ts";
import type { DownloadBudget } from "../files/download_limits.ts";
import { closeIncomingDir, openIncomingDir } from "../files/incoming_dir.ts";
import type { OwnFiles } from "../files/own_files.ts";
import { FILE_STALL_LIMIT_S } from "./stall_limit.ts";
import {
  announced,
  groupByRequest,
  parseMatches,
} from "../files/matched_outputs.ts";
import {
  type Ground,
  isSame,
  kindAt,
  localPathOf,
  stampOf,
} from "../files/install.ts";
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
  /** The tasks ran in `base` itself. */
  readonly isInPlace: boolean;
  /** Absolute remote root; links into it are changed to point into `base`. */
  readonly remoteRoot: string;
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
  const bring = target.isInPlace ? listInPlace : fetch;
  const collected = await bring(remote, [...distinct.values()], target);
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

/** The results are already in the work base and are only listed. So are logs: a later run must know that they are dpdisp's own. */
async function listInPlace(
  remote: Remote,
  requests: readonly CollectRequest[],
  target: DownloadTarget,
): Promise<Result<CollectReply>> {
  const sections = await listed(remote, requests);
  if (!sections.ok) return sections;
  // Nothing is put anywhere: where links lead does not matter.
  const ground: Ground = { base: target.base, linked: new Map() };
  const matches = parseMatches(sections.value, requests);
  const within = groupByRequest(matches, announced(sections.value, matches));
  return ok({
    results: matches.map((
      { names, missing },
      i,
    ) => {
      const { dir, optional } = requests[i]!;
      const logs = optional.map((log) => normalise(join(dir, log)));
      const inside = filesAmong(ground, within[i]!, new Set(names));
      const paths = [...new Set([...names, ...inside, ...logs])];
      return { files: paths.flatMap((path) => stampOf(ground, path)), missing };
    }),
    notCollected: [],
  });
}

/** What is in directories that were asked for: to delete one file of them is to delete a result. */
function filesAmong(
  ground: Ground,
  paths: readonly string[],
  known: ReadonlySet<string>,
): readonly string[] {
  return paths.filter((path) =>
    !known.has(path) && !isBytesName(path) &&
    kindAt(localPathOf(ground, path)) === "file"
  );
}

/** What patterns match; of logs the names are known. */
async function listed(
  remote: Remote,
  requests: readonly CollectRequest[],
): Promise<Result<readonly ReplySection[]>> {
  if (requests.every(({ required }) => required.length === 0)) return ok([]);
  const body = collectScript(
    requests.map((each) => ({ ...each, optional: [] })),
    false,
  );
  return await callRemote(remote, {
    purpose: "collect results",
    body,
    patience_s: FILE_STALL_LIMIT_S,
  });
}

async function fetch(
  remote: Remote,
  requests: readonly CollectRequest[],
  target: DownloadTarget,
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
      linked: new Set(ground.linked.keys()),
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
