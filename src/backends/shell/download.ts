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
  readonly farRoot: string | null;
  /** The run key, which is part of the names of our directories. */
  readonly key: string;
  /** Where paths below `base` lead, as before the first download. */
  readonly ground: () => Ground;
  readonly own: OwnFiles;
  readonly budget: DownloadBudget;
  readonly squeeze: Compression | null;
  readonly clock: Clock;
  readonly onTransfer: (transfer: Transfer | null) => void;
}

export async function download(
  far: Remote,
  wanted: readonly CollectRequest[],
  home: DownloadTarget,
): Promise<Result<CollectReply>> {
  // Tasks that share a directory often request the same files, which are downloaded once.
  const distinct = new Map(
    wanted.map((want) => [JSON.stringify(want), want]),
  );
  const { farRoot } = home;
  const collected = farRoot === null
    ? await listInPlace(far, [...distinct.values()], home)
    : await fetch(far, [...distinct.values()], { ...home, farRoot });
  if (!collected.ok) return collected;
  const { results, notCollected } = collected.value;
  const byWant = new Map([...distinct.keys()].map((key, i) => [key, i]));
  return ok({
    results: wanted.map((want) => results[byWant.get(JSON.stringify(want))!]!),
    notCollected,
  });
}

/** The results are already in the work base and are only listed. */
async function listInPlace(
  far: Remote,
  wanted: readonly CollectRequest[],
  home: DownloadTarget,
): Promise<Result<CollectReply>> {
  const body = collectScript(wanted, false);
  const sections = await callRemote(far, {
    purpose: "collect results",
    body,
    patience_s: FILE_STALL_LIMIT_S,
  });
  if (!sections.ok) return sections;
  const ground = home.ground();
  return ok({
    results: parseMatches(sections.value, wanted).map(({ names, missing }) => ({
      files: names.flatMap((path) => stampOf(ground, path)),
      missing,
    })),
    notCollected: [],
  });
}

async function fetch(
  far: Remote,
  wanted: readonly CollectRequest[],
  home: DownloadTarget & { readonly farRoot: string },
): Promise<Result<CollectReply>> {
  const ground = home.ground();
  const landing = openIncomingDir(`${ground.base}/${RUN_DIRECTORY}`, home.key);
  if (!landing.ok) return landing;
  try {
    const received = await receive(far, wanted, {
      ...home,
      landing: landing.value,
      isSame: (path, text) => isSame(ground, path, text),
    });
    if (!received.ok) return fail(received.error);
    return ok(
      await installResults(received.value, {
        ground,
        landing: landing.value,
        own: home.own,
      }),
    );
  } finally {
    closeIncomingDir(landing.value);
  }
}
