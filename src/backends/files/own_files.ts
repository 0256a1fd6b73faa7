/** Which local files dpdisp created: those that a run downloaded and that are unchanged. */
import type { Event, FileStamp } from "../../model/event.ts";
import { linesWith, parseJournal } from "../../model/journal.ts";
import { once } from "../../text/once.ts";
import type { JournalStore } from "../../environment/environment.ts";

/** Recognises local files that a run downloaded. */
export interface OwnFiles {
  readonly isOwn: (now: FileStamp) => boolean;
  /** The files that were downloaded to a path, by size and time. */
  readonly known: (path: string) => readonly FileStamp[];
  readonly add: (stamps: readonly FileStamp[]) => void;
}

type Stamps = ReadonlyMap<string, readonly FileStamp[]>;

/**
 * From the journals of all runs in this work base. Those of other runs, which
 * may be many, are read only for a file that this run's journals do not name.
 */
export function ownFiles(
  base: string,
  key: string,
  journals: JournalStore,
): OwnFiles {
  const added = new Map<string, FileStamp[]>();
  const sources: readonly (() => Stamps)[] = [
    () => added,
    once(() => byPath(pastStamps([key], () => true, journals))),
    once(() => {
      const others = journals.keys().filter((each) => each !== key);
      return byPath(
        pastStamps(others, (text) => baseOf(text) === base, journals),
      );
    }),
  ];
  return {
    known: (path) => sources.flatMap((source) => source().get(path) ?? []),
    isOwn: ({ path, bytes, modified }) =>
      sources.some((source) =>
        source().get(path)?.some((stamp) =>
          stamp.bytes === bytes && stamp.modified === modified
        )
      ),
    add: (stamps) => void byPath(stamps, added),
  };
}

function byPath(
  stamps: Iterable<FileStamp>,
  into = new Map<string, FileStamp[]>(),
): Map<string, FileStamp[]> {
  for (const stamp of stamps) {
    const known = into.get(stamp.path);
    if (known) known.push(stamp);
    else into.set(stamp.path, [stamp]);
  }
  return into;
}

function* pastStamps(
  keys: readonly string[],
  isHere: (journal: string) => boolean,
  journals: JournalStore,
): Generator<FileStamp> {
  for (const key of keys) {
    for (const generation of journals.generations(key)) {
      const text = journals.read(key, generation);
      if (!isHere(text)) continue;
      yield* parseJournal(linesWith(text, "files")).events.flatMap(stampsIn);
    }
  }
}

/** The work base of a journal, from its first event, which follows the header. */
function baseOf(text: string): string | null {
  const afterHeader = text.indexOf("\n") + 1;
  const [first] =
    parseJournal(text.slice(0, text.indexOf("\n", afterHeader) + 1)).events;
  return first?.type === "runStarted" ? first.workBase ?? null : null;
}

function stampsIn(event: Event): readonly FileStamp[] {
  switch (event.type) {
    case "collected":
    case "resultsReused":
      return event.results.flatMap(({ files }) => files);
    case "commonCollected":
      return event.result.files;
    default:
      return [];
  }
}
