/** Brings results home: what was asked for, and nothing else; each piece is put in place when all of it is there. */
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
  placeOf,
  stampOf,
} from "../files/install.ts";
import { installResults } from "../files/install_results.ts";
import { receive } from "./receive.ts";
import type {
  CollectReply,
  CollectRequest,
  Transfer,
} from "../../model/backend_messages.ts";

/** Where results go: local folder, and the far folder that links may name. */
export interface DownloadTarget {
  readonly base: string;
  /** Absolute far root; links into it are made to point into `base`. Null: base and root are one folder. */
  readonly farRoot: string | null;
  /** The run's key, which folders of ours bear. */
  readonly key: string;
  /** Where steps below `base` lead, as that was before anything came. */
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
  // Tasks that share a folder often want the same; it travels once.
  const distinct = new Map(
    wanted.map((want) => [JSON.stringify(want), want]),
  );
  const { farRoot } = home;
  const brought = farRoot === null
    ? await lookInPlace(far, [...distinct.values()], home)
    : await fetch(far, [...distinct.values()], { ...home, farRoot });
  if (!brought.ok) return brought;
  const { results, notCollected } = brought.value;
  const byWant = new Map([...distinct.keys()].map((key, i) => [key, i]));
  return ok({
    results: wanted.map((want) => results[byWant.get(JSON.stringify(want))!]!),
    notCollected: notCollected,
  });
}

/** Results are where they belong; what is there is told. Logs too: whoever brings others there later must know whose they are. */
async function lookInPlace(
  far: Remote,
  wanted: readonly CollectRequest[],
  home: DownloadTarget,
): Promise<Result<CollectReply>> {
  const sections = await listed(far, wanted);
  if (!sections.ok) return sections;
  // Nothing is put anywhere: where links lead does not matter.
  const ground: Ground = { base: home.base, linked: new Map() };
  const picks = parseMatches(sections.value, wanted);
  const within = groupByRequest(picks, announced(sections.value, picks));
  return ok({
    results: picks.map(({ names, missing }, i) => {
      const { dir, optional } = wanted[i]!;
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
    kindAt(placeOf(ground, path)) === "file"
  );
}

/** What patterns match; of logs the names are known. */
async function listed(
  far: Remote,
  wanted: readonly CollectRequest[],
): Promise<Result<readonly ReplySection[]>> {
  if (wanted.every(({ required }) => required.length === 0)) return ok([]);
  const body = collectScript(
    wanted.map((each) => ({ ...each, optional: [] })),
    false,
  );
  return await callRemote(far, {
    purpose: "collect results",
    body,
    patience_s: FILE_STALL_LIMIT_S,
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
      linked: new Set(ground.linked.keys()),
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
