/** Which local files dpdisp created: those that a run downloaded and that are unchanged. */
import type { Event, FileStamp } from "../../model/event.ts";
import { parseJournal } from "../../model/journal.ts";
import type { JournalStore } from "../../environment/environment.ts";

/** Recognises local files that a run downloaded. */
export interface OwnFiles {
  readonly isOwn: (now: FileStamp) => boolean;
  /** The files that were downloaded to a path, by size and time. */
  readonly known: (path: string) => readonly FileStamp[];
  readonly add: (stamps: readonly FileStamp[]) => void;
}

/** From the journals of all runs in this work base, which are read at the first call. */
export function ownFiles(
  base: string,
  key: string,
  journals: JournalStore,
): OwnFiles {
  const added = new Map<string, FileStamp[]>();
  const put = (into: Map<string, FileStamp[]>, stamps: Iterable<FileStamp>) => {
    for (const stamp of stamps) {
      const known = into.get(stamp.path);
      if (known) known.push(stamp);
      else into.set(stamp.path, [stamp]);
    }
  };
  const past: { known?: Map<string, FileStamp[]> } = {};
  const known = (path: string): readonly FileStamp[] => {
    if (!past.known) {
      past.known = new Map();
      put(past.known, pastStamps(base, key, journals));
    }
    return [...added.get(path) ?? [], ...past.known.get(path) ?? []];
  };
  return {
    known,
    isOwn: ({ path, bytes, modified }) =>
      known(path).some((stamp) =>
        stamp.bytes === bytes && stamp.modified === modified
      ),
    add: (stamps) => put(added, stamps),
  };
}

function* pastStamps(
  base: string,
  key: string,
  journals: JournalStore,
): Generator<FileStamp> {
  for (const each of journals.keys()) {
    for (const generation of journals.generations(each)) {
      const text = journals.read(each, generation);
      if (each !== key && baseOf(text) !== base) continue;
      // A journal may be long; only these lines contain files.
      const lines = text.split("\n").filter((line) => line.includes('"files"'));
      yield* parseJournal(`${lines.join("\n")}\n`).events.flatMap(stampsIn);
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
