/** Which local files are of our making: those that a run brought, as it brought them. */
import type { Event, FileStamp } from "../../model/event.ts";
import { linesWith, parseJournal } from "../../model/journal.ts";
import { once } from "../../text/once.ts";
import type { JournalStore } from "../../environment/environment.ts";

/** Tells whether what stands at a path is what a run of ours put there. */
export interface OwnFiles {
  readonly isOwn: (now: FileStamp) => boolean;
  /** What was put there: as sizes and times. */
  readonly known: (path: string) => readonly FileStamp[];
  readonly add: (stamps: readonly FileStamp[]) => void;
}

type Stamps = ReadonlyMap<string, readonly FileStamp[]>;

/**
 * What the journals of all runs in this work base tell, read when it is asked
 * for: those of other runs, which may be many, where this one's do not say it.
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

/** The work base of a journal stands in its first event, which only a header comes before. */
function baseOf(text: string): string | null {
  const afterHeader = text.indexOf("\n") + 1;
  const [first] =
    parseJournal(text.slice(0, text.indexOf("\n", afterHeader) + 1)).events;
  return first?.type === "runStarted" ? first.base ?? null : null;
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
