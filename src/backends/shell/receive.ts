/** Downloads what the patterns match, then the targets of links among it. */
import { ok, type Result } from "../../text/result.ts";
import { collectScript, followScript } from "../../script/collect_script.ts";
import type { ReplySection } from "../../script/reply.ts";
import { normalise } from "../../text/path.ts";
import type { Remote } from "./call_remote.ts";
import {
  nothingReceived,
  type ReceivedResults,
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

/** Links are followed to this depth; deeper ones are taken for circular. */
const MAX_LEVELS = 8;

export async function receive(
  remote: Remote,
  requests: readonly CollectRequest[],
  options: ReceiveOptions,
): Promise<Result<ReceivedResults>> {
  const { compression } = options;
  const received = nothingReceived();
  const body = collectScript(requests, true, compression);
  const first = await receiveArchive(
    remote,
    body,
    received,
    options,
    (sections) => parseMatches(sections, requests),
  );
  if (!first.ok) return first;
  const matches = parseMatches(first.value.sections, requests);
  const inside = insideOf(options, first.value.sections);
  const sections = [...first.value.sections];
  const unread = [...first.value.unread];
  const followed = new Set<string>();
  const dangling = new Set<string>();
  const unfollowed = new Map<string, string>();
  for (let level = 0;; level++) {
    const links = toFollow(
      groupByRequest(matches, [...received.links.keys()]).flat(),
      (link) => {
        if (dangling.has(link) || unfollowed.has(link)) return null;
        const lead = linkTargetOf(
          link,
          received,
          inside,
          followed,
          options.linked,
        );
        const isAway = lead.to === "away" &&
          !options.isSame(link, received.links.get(link)!);
        return isAway ? lead.through : null;
      },
    );
    if (links.length === 0) break;
    if (level === MAX_LEVELS) {
      for (const link of links) unfollowed.set(link, "is a circular symlink");
      break;
    }
    const texts = new Map(
      links.map((link) => [link, received.links.get(link)!]),
    );
    for (const link of links) received.links.delete(link);
    const next = await receiveArchive(
      remote,
      followScript(links, compression),
      received,
      options,
      () => matches,
    );
    if (!next.ok) return next;
    sections.push(...next.value.sections);
    unread.push(...next.value.unread);
    const leads = readLeads(next.value.sections);
    for (const link of links) {
      const kind = leads.get(link);
      if (kind === "directory") followed.add(link);
      else if (kind === "nothing") {
        dangling.add(link);
        received.links.set(link, texts.get(link)!);
      } else if (kind !== "file") {
        unfollowed.set(
          link,
          REASONS[kind ?? ""] ??
            `links to ${shown(texts.get(link)!)}, which was not received`,
        );
      }
    }
  }
  return ok({
    ...{
      matches,
      files: received,
      dangling,
      followed,
      unfollowed,
      unread,
      inside,
    },
    announced: announced(sections, matches),
  });
}

/**
 * Links to files that were not received; one that leads there through another of them
 * stays a link to that one. `away` returns what a link leads through, null where it
 * is not followed.
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
  circle: "is a circular symlink",
  special: "is a link to neither a file nor a directory",
};

/** What each link leads to, from the remote host's reply. */
function readLeads(
  sections: readonly ReplySection[],
): ReadonlyMap<string, string> {
  return new Map(
    sections.filter(({ header }) => header[0] === "link_targets").flatMap((
      { text },
    ) =>
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

/** The path below the work base of a remote link's target in the remote root, by any of the root's paths; null: outside. */
function insideOf(
  { base, remoteRoot }: ReceiveOptions,
  sections: readonly ReplySection[],
): (target: string) => string | null {
  const real = sections.find(({ header }) => header[0] === "real_root")?.text;
  const roots = [base, Deno.realPathSync(base), remoteRoot, real?.trimEnd()]
    .filter((root) => root);
  return (target) => {
    const root = roots.find((root) => target.startsWith(`${root}/`));
    return root ? target.slice(root.length + 1) : null;
  };
}
