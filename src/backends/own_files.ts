/** Which local files are of our making: those that a run brought, as it brought them. */
import type { Event, Stamp } from "../event.ts";
import { linesWith, parseJournal } from "../journal.ts";
import type { Journals } from "../world.ts";

/** Tells whether what stands at a path is what a run of ours put there. */
export interface OwnFiles {
  readonly isOurs: (now: Stamp) => boolean;
  /** What was put there: as sizes and times. */
  readonly known: (path: string) => readonly Stamp[];
  readonly add: (stamps: readonly Stamp[]) => void;
}

/** What the journals of all runs in this work base tell, read when it is asked for the first time. */
export function ownFiles(
  base: string,
  key: string,
  journals: Journals,
): OwnFiles {
  const added = new Map<string, Stamp[]>();
  const put = (into: Map<string, Stamp[]>, stamps: Iterable<Stamp>) => {
    for (const stamp of stamps) {
      const known = into.get(stamp.path);
      if (known) known.push(stamp);
      else into.set(stamp.path, [stamp]);
    }
  };
  const past: { known?: Map<string, Stamp[]> } = {};
  const known = (path: string): readonly Stamp[] => {
    if (!past.known) {
      past.known = new Map();
      put(past.known, pastStamps(base, key, journals));
    }
    return [...added.get(path) ?? [], ...past.known.get(path) ?? []];
  };
  return {
    known,
    isOurs: ({ path, bytes, modified }) =>
      known(path).some((stamp) =>
        stamp.bytes === bytes && stamp.modified === modified
      ),
    add: (stamps) => put(added, stamps),
  };
}

function* pastStamps(
  base: string,
  key: string,
  journals: Journals,
): Generator<Stamp> {
  for (const each of journals.keys()) {
    for (const generation of journals.generations(each)) {
      const text = journals.read(each, generation);
      if (each !== key && baseOf(text) !== base) continue;
      yield* parseJournal(linesWith(text, "files")).events.flatMap(stampsIn);
    }
  }
}

/** The work base of a journal stands in its first event, which only a header comes before. */
function baseOf(text: string): string | null {
  const afterHeader = text.indexOf("\n") + 1;
  const [first] =
    parseJournal(text.slice(0, text.indexOf("\n", afterHeader) + 1)).events;
  return first?.type === "began" ? first.base ?? null : null;
}

function stampsIn(event: Event): readonly Stamp[] {
  switch (event.type) {
    case "collected":
    case "reused":
      return event.results.flatMap(({ files }) => files);
    case "collectedCommon":
      return event.result.files;
    default:
      return [];
  }
}
