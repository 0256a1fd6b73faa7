/** The trips that bring results: first what the patterns match, then what links among it lead to. */
import { fail, ok, type Result } from "../result.ts";
import { collectScript, followScript } from "../script/collect_script.ts";
import type { Section } from "../script/reply.ts";
import type { Squeeze } from "../script/squeeze.ts";
import type { ShellText } from "../schedulers/scheduler.ts";
import { normalise } from "../text/path.ts";
import type { Clockwork } from "../world.ts";
import { askParts, type Far } from "./ask.ts";
import type { Transfer, Wanted } from "./backend.ts";
import { type Budget, limitOf, overLimit } from "./budget.ts";
import { leadOf } from "./links.ts";
import {
  announced,
  groupByPick,
  namesOf,
  ownersOf,
  type Picked,
  readPicks,
} from "./picked.ts";
import { arrival } from "./transfer.ts";
import { type Landed, nothingLanded, shown, unpackTar } from "./unpack.ts";
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
  /** The link leads to its own place in the work base. */
  readonly isSame: (path: string, text: string) => boolean;
}

export interface Received {
  readonly picks: readonly Picked[];
  readonly landed: Landed;
  /** All that was said to be there: each of it must be at home in the end. */
  readonly announced: readonly string[];
  /** Links that lead to nothing where they came from. */
  readonly dangling: ReadonlySet<string>;
  /** Folders that are links where they came from. */
  readonly followed: ReadonlySet<string>;
  /** Links that cannot be followed, and why. */
  readonly unfollowed: ReadonlyMap<string, string>;
  /** What tar said that it could not read. */
  readonly unread: readonly string[];
  readonly inside: (target: string) => string | null;
}

/** Links in what links lead to are followed so often; who needs more goes round in a circle. */
const MOST_LEVELS = 8;

export async function receive(
  far: Far,
  wanted: readonly Wanted[],
  reception: Reception,
): Promise<Result<Received>> {
  const { squeeze } = reception;
  const landed = nothingLanded();
  const body = collectScript(wanted, true, squeeze);
  const first = await trip(
    far,
    body,
    landed,
    reception,
    (sections) => readPicks(sections, wanted),
  );
  if (!first.ok) return first;
  const picks = readPicks(first.value.sections, wanted);
  const inside = insideOf(reception, first.value.sections);
  const sections = [...first.value.sections];
  const unread = [...first.value.unread];
  const followed = new Set<string>();
  const dangling = new Set<string>();
  const unfollowed = new Map<string, string>();
  for (let level = 0;; level++) {
    const links = toFollow(
      groupByPick(picks, [...landed.links.keys()]).flat(),
      (link) => {
        if (dangling.has(link) || unfollowed.has(link)) return null;
        const lead = leadOf(link, landed, inside, followed);
        const isAway = lead.to === "away" &&
          !reception.isSame(link, landed.links.get(link)!);
        return isAway ? lead.through : null;
      },
    );
    if (links.length === 0) break;
    if (level === MOST_LEVELS) {
      for (const link of links) unfollowed.set(link, "leads round in a circle");
      break;
    }
    const texts = new Map(links.map((link) => [link, landed.links.get(link)!]));
    for (const link of links) landed.links.delete(link);
    const next = await trip(
      far,
      followScript(links, squeeze),
      landed,
      reception,
      () => picks,
    );
    if (!next.ok) return next;
    sections.push(...next.value.sections);
    unread.push(...next.value.unread);
    const leads = readLeads(next.value.sections);
    for (const link of links) {
      const kind = leads.get(link);
      if (kind === "folder") followed.add(link);
      else if (kind === "nothing") {
        dangling.add(link);
        landed.links.set(link, texts.get(link)!);
      } else if (kind !== "file") {
        unfollowed.set(
          link,
          REASONS[kind ?? ""] ??
            `links to ${shown(texts.get(link)!)}, which did not come`,
        );
      }
    }
  }
  return ok({
    ...{ picks, landed, dangling, followed, unfollowed, unread, inside },
    announced: announced(sections, picks),
  });
}

/**
 * Links to what did not come; one that leads there through another of them
 * stays a link to that. `away` gives what a link leads through, null where it
 * need not be followed.
 */
function toFollow(
  links: readonly string[],
  away: (link: string) => readonly string[] | null,
): readonly string[] {
  const through = new Map(
    [...new Set(links)].flatMap((link) => {
      const others = away(link);
      return others === null ? [] : [[link, others] as const];
    }),
  );
  return [...through].flatMap(([link, others]) =>
    others.some((other) => through.has(other)) ? [] : [link]
  );
}

const REASONS: Readonly<Record<string, string>> = {
  circle: "is a link that leads round in a circle",
  special: "is a link to what is neither a file nor a folder",
};

/** What each link leads to, as the far side says. */
function readLeads(sections: readonly Section[]): ReadonlyMap<string, string> {
  return new Map(
    sections.filter(({ words }) => words[0] === "leads").flatMap(({ text }) =>
      text.split("\0").slice(0, -1).map((line) => {
        const blank = line.indexOf(" ");
        return [
          normalise(line.slice(blank + 1)),
          line.slice(0, blank),
        ] as const;
      })
    ),
  );
}

interface Trip {
  readonly sections: readonly Section[];
  readonly unread: readonly string[];
}

/** One script; what it sends is taken in while it comes. */
async function trip(
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
    const part of askParts(far, { purpose: "collect results", body })
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

/** Where in the base a far link into the far root leads, whichever way its writer reached that; null: not into it. */
function insideOf(
  { base, farRoot }: Reception,
  sections: readonly Section[],
): (target: string) => string | null {
  const real = sections.find(({ words }) => words[0] === "real")?.text;
  const roots = [base, Deno.realPathSync(base), farRoot, real?.trimEnd()]
    .filter((root) => root);
  return (target) => {
    const root = roots.find((root) => target.startsWith(`${root}/`));
    return root ? target.slice(root.length + 1) : null;
  };
}
