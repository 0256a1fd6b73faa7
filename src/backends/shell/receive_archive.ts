/** One script that sends results, which are taken in while they come. */
import { fail, ok, type Result } from "../../text/result.ts";
import type { ReplySection } from "../../script/reply.ts";
import type { Compression } from "../../script/compression.ts";
import type { Clock } from "../../environment/environment.ts";
import { type Remote, streamRemote } from "./call_remote.ts";
import {
  type DownloadBudget,
  limitOf,
  overLimit,
} from "../files/download_limits.ts";
import type { ReceivedFiles } from "../files/received_files.ts";
import { FILE_STALL_LIMIT_S } from "./stall_limit.ts";
import {
  type MatchedOutputs,
  namesOf,
  ownersOf,
} from "../files/matched_outputs.ts";
import { incomingStream } from "../files/transfer.ts";
import { unpackTar } from "../files/unpack_tar.ts";
import { unreadableFiles } from "./unreadable_files.ts";
import type { ShellText } from "../../script/shell_text.ts";
import type { Transfer } from "../../model/backend_messages.ts";

type Bytes = ReadableStream<Uint8Array<ArrayBuffer>>;

export interface ReceiveOptions {
  /** Where files land. */
  readonly landing: string;
  readonly base: string;
  /** Absolute far root; links into it are made to point into `base`. */
  readonly farRoot: string;
  readonly squeeze: Compression | null;
  readonly budget: DownloadBudget;
  readonly clock: Clock;
  readonly onTransfer: (transfer: Transfer | null) => void;
  /** Folders of tasks that the user has behind a link. */
  readonly linked: ReadonlySet<string>;
  /** The link leads to its own place in the work base. */
  readonly isSame: (path: string, text: string) => boolean;
}

export interface ReceivedArchive {
  readonly sections: readonly ReplySection[];
  readonly unread: readonly string[];
}

/** One script; what it sends is taken in while it comes. */
export async function receiveArchive(
  far: Remote,
  body: ShellText,
  landed: ReceivedFiles,
  reception: ReceiveOptions,
  picksIn: (sections: readonly ReplySection[]) => readonly MatchedOutputs[],
): Promise<Result<ReceivedArchive>> {
  const { squeeze, clock, onTransfer, landing, budget } = reception;
  const sections: ReplySection[] = [];
  const broken: Result<never>[] = [];
  for await (
    const part of streamRemote(far, {
      purpose: "collect results",
      body,
      hasRaw: true,
      patience_s: FILE_STALL_LIMIT_S,
    })
  ) {
    if (!part.ok) return part;
    if ("section" in part.value) {
      sections.push(part.value.section);
      const most = countNames(part.value.section, budget);
      if (!most.ok) return most;
      continue;
    }
    const way = { squeeze, total: null, clock, onTransfer };
    const raw = ending(part.value.raw);
    const stream = await incomingStream(raw.stream, {
      ...way,
      mostExpansion: budget.mostExpansion,
    });
    const owners = ownersOf(picksIn(sections));
    const unpacked = await unpackTar(stream, {
      ...{ folder: landing, landed, budget },
      isWanted: (path) => owners(path).length > 0,
    });
    onTransfer(null);
    // Where it ended too early, what follows may tell why.
    if (!unpacked.ok && !(raw.ended() && unpacked.error.isRetryable)) {
      return unpacked;
    }
    if (!unpacked.ok) broken.push(unpacked);
  }
  if (broken[0]) return broken[0];
  const unread = sections.filter(({ header }) => header[0] === "sent")
    .map((section) => unreadableFiles([section]));
  const failed = unread.find((each) => !each.ok);
  if (failed && !failed.ok) return failed;
  return ok({
    sections,
    unread: unread.flatMap((each) => each.ok ? each.value : []),
  });
}

/** Names count as the files do that they promise. */
function countNames(
  section: ReplySection,
  { mostFiles }: DownloadBudget,
): Result<void> {
  if (section.header[0] !== "content") return ok(undefined);
  const names = namesOf(section).length;
  if (names <= mostFiles) return ok(undefined);
  const error = overLimit(
    `${names} files are there`,
    "machine.max_download_files",
  );
  return fail({
    kind: "transfer",
    summary: "Cannot collect results",
    detail: error.message,
    hint: `Nothing was removed there. If that much is right, raise ${
      limitOf(error)
    }`,
    isRetryable: false,
  });
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
