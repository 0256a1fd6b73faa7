/** The trips that bring results: first what the patterns match, then what links among it lead to. */
import { ok, type Result } from "../../text/result.ts";
import { collectScript, followScript } from "../../script/collect_script.ts";
import type { ReplySection } from "../../script/reply.ts";
import { normalise } from "../../text/path.ts";
import type { Remote } from "./call_remote.ts";
import {
  nothingReceived,
  type ReceivedFiles,
  shown,
} from "../files/received_files.ts";
import { linkTargetOf } from "../files/link_targets.ts";
import {
  announced,
  groupByRequest,
  type MatchedOutputs,
  parseMatches,
} from "../files/matched_outputs.ts";
import { receiveArchive, type ReceiveOptions } from "./receive_archive.ts";
import type { CollectRequest } from "../../model/backend_messages.ts";

export interface Received {
  readonly picks: readonly MatchedOutputs[];
  readonly landed: ReceivedFiles;
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
  far: Remote,
  wanted: readonly CollectRequest[],
  reception: ReceiveOptions,
): Promise<Result<Received>> {
  const { squeeze } = reception;
  const landed = nothingReceived();
  const body = collectScript(wanted, true, squeeze);
  const first = await receiveArchive(
    far,
    body,
    landed,
    reception,
    (sections) => parseMatches(sections, wanted),
  );
  if (!first.ok) return first;
  const picks = parseMatches(first.value.sections, wanted);
  const inside = insideOf(reception, first.value.sections);
  const sections = [...first.value.sections];
  const unread = [...first.value.unread];
  const followed = new Set<string>();
  const dangling = new Set<string>();
  const unfollowed = new Map<string, string>();
  for (let level = 0;; level++) {
    const links = toFollow(
      groupByRequest(picks, [...landed.links.keys()]).flat(),
      (link) => {
        if (dangling.has(link) || unfollowed.has(link)) return null;
        const lead = linkTargetOf(
          link,
          landed,
          inside,
          followed,
          reception.linked,
        );
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
    const next = await receiveArchive(
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
function readLeads(
  sections: readonly ReplySection[],
): ReadonlyMap<string, string> {
  return new Map(
    sections.filter(({ header }) => header[0] === "leads").flatMap(({ text }) =>
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

/** Where in the base a far link into the far root leads, whichever way its writer reached that; null: not into it. */
function insideOf(
  { base, farRoot }: ReceiveOptions,
  sections: readonly ReplySection[],
): (target: string) => string | null {
  const real = sections.find(({ header }) => header[0] === "real")?.text;
  const roots = [base, Deno.realPathSync(base), farRoot, real?.trimEnd()]
    .filter((root) => root);
  return (target) => {
    const root = roots.find((root) => target.startsWith(`${root}/`));
    return root ? target.slice(root.length + 1) : null;
  };
}
