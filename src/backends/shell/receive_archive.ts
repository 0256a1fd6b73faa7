/** Runs one script that sends results, and unpacks them while they are received. */
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
  ownersOf,
  pathsIn,
} from "../files/matched_outputs.ts";
import { incomingStream } from "../files/transfer.ts";
import { unpackTar } from "../files/unpack_tar.ts";
import { unreadableFiles } from "../files/unreadable_files.ts";
import type { ShellText } from "../../script/shell_text.ts";
import type { Transfer } from "../../model/backend_messages.ts";

type Bytes = ReadableStream<Uint8Array<ArrayBuffer>>;

export interface ReceiveOptions {
  /** The incoming directory. */
  readonly incomingDir: string;
  readonly base: string;
  /** Absolute remote root; links into it are changed to point into `base`. */
  readonly remoteRoot: string;
  readonly compression: Compression | null;
  readonly budget: DownloadBudget;
  readonly clock: Clock;
  readonly onTransfer: (transfer: Transfer | null) => void;
  /** Directories of tasks that the user has behind a link. */
  readonly linked: ReadonlySet<string>;
  /** The link leads to its own place in the work base. */
  readonly isSame: (path: string, text: string) => boolean;
}

export interface ReceivedArchive {
  readonly sections: readonly ReplySection[];
  readonly unread: readonly string[];
}

/** Runs one script; its archive is unpacked while it is received. */
export async function receiveArchive(
  remote: Remote,
  body: ShellText,
  received: ReceivedFiles,
  options: ReceiveOptions,
  picksIn: (sections: readonly ReplySection[]) => readonly MatchedOutputs[],
): Promise<Result<ReceivedArchive>> {
  const { compression, clock, onTransfer, incomingDir, budget } = options;
  const sections: ReplySection[] = [];
  const broken: Result<never>[] = [];
  for await (
    const part of streamRemote(remote, {
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
    const way = { compression, total: null, clock, onTransfer };
    const raw = ending(part.value.raw);
    const stream = await incomingStream(raw.stream, {
      ...way,
      mostExpansion: budget.mostExpansion,
    });
    const owners = ownersOf(picksIn(sections));
    const unpacked = await unpackTar(stream, {
      ...{ directory: incomingDir, received, budget },
      isWanted: (path) => owners(path).length > 0,
    });
    onTransfer(null);
    // Where it ended too early, a later section may tell why.
    if (!unpacked.ok && !(raw.ended() && unpacked.error.isRetryable)) {
      return unpacked;
    }
    if (!unpacked.ok) broken.push(unpacked);
  }
  if (broken[0]) return broken[0];
  const unread = sections.filter(({ header }) => header[0] === "tar_exit")
    .map((section) => unreadableFiles([section]));
  const failed = unread.find((each) => !each.ok);
  if (failed && !failed.ok) return failed;
  return ok({
    sections,
    unread: unread.flatMap((each) => each.ok ? each.value : []),
  });
}

/** Listed names count like the files that they announce. */
function countNames(
  section: ReplySection,
  { mostFiles }: DownloadBudget,
): Result<void> {
  if (section.header[0] !== "directory_entries") return ok(undefined);
  const names = pathsIn(section).length;
  if (names <= mostFiles) return ok(undefined);
  const error = overLimit(
    `${names} files match`,
    "machine.max_download_files",
  );
  return fail({
    kind: "transfer",
    summary: "Cannot collect results",
    detail: error.message,
    hint:
      `The results are still on the remote host. If the amount is right, raise ${
        limitOf(error)
      }`,
    isRetryable: false,
  });
}

/** The stream, and whether it has ended. */
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
