/** One script that sends results, which are taken in while they come. */
import { fail, ok, type Result } from "../result.ts";
import type { Section } from "../script/reply.ts";
import type { Squeeze } from "../script/squeeze.ts";
import type { ShellText } from "../schedulers/scheduler.ts";
import type { Clockwork } from "../world.ts";
import { askParts, type Far } from "./ask.ts";
import type { Transfer } from "./backend.ts";
import { type Budget, limitOf, overLimit } from "./budget.ts";
import type { Landed } from "./landed.ts";
import { FILE_PATIENCE_S } from "./patience.ts";
import { namesOf, ownersOf, type Picked } from "./picked.ts";
import { arrival } from "./transfer.ts";
import { unpackTar } from "./unpack.ts";
import { unreadFiles } from "./unread.ts";

type Bytes = ReadableStream<Uint8Array<ArrayBuffer>>;

export interface Reception {
  /** Where files land. */
  readonly landing: string;
  readonly base: string;
  /** Absolute far root; links into it are made to point into `base`. */
  readonly farRoot: string;
  readonly squeeze: Squeeze | null;
  readonly budget: Budget;
  readonly clock: Clockwork;
  readonly onTransfer: (transfer: Transfer | null) => void;
  /** Folders of tasks that the user has behind a link. */
  readonly linked: ReadonlySet<string>;
  /** The link leads to its own place in the work base. */
  readonly isSame: (path: string, text: string) => boolean;
}

export interface Trip {
  readonly sections: readonly Section[];
  readonly unread: readonly string[];
}

/** One script; what it sends is taken in while it comes. */
export async function trip(
  far: Far,
  body: ShellText,
  landed: Landed,
  reception: Reception,
  picksIn: (sections: readonly Section[]) => readonly Picked[],
): Promise<Result<Trip>> {
  const { squeeze, clock, onTransfer, landing, budget } = reception;
  const sections: Section[] = [];
  const broken: Result<never>[] = [];
  for await (
    const part of askParts(far, {
      purpose: "collect results",
      body,
      hasRaw: true,
      patience_s: FILE_PATIENCE_S,
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
    const stream = await arrival(raw.stream, {
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
    if (!unpacked.ok && !(raw.ended() && unpacked.error.again)) return unpacked;
    if (!unpacked.ok) broken.push(unpacked);
  }
  if (broken[0]) return broken[0];
  const unread = sections.filter(({ words }) => words[0] === "sent")
    .map((section) => unreadFiles([section]));
  const failed = unread.find((each) => !each.ok);
  if (failed && !failed.ok) return failed;
  return ok({
    sections,
    unread: unread.flatMap((each) => each.ok ? each.value : []),
  });
}

/** Names count as the files do that they promise. */
function countNames(section: Section, { mostFiles }: Budget): Result<void> {
  if (section.words[0] !== "content") return ok(undefined);
  const names = namesOf(section).length;
  if (names <= mostFiles) return ok(undefined);
  const error = overLimit(
    `${names} files are there`,
    "machine.max_download_files",
  );
  return fail({
    kind: "transfer",
    tried: "Cannot collect results",
    saw: error.message,
    advice: `Nothing was removed there. If that much is right, raise ${
      limitOf(error)
    }`,
    again: false,
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
