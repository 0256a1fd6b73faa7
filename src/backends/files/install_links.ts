/** Creates the received links whose targets are installed. */
import { isBytesName } from "../../text/bytes_name.ts";
import { ancestors, join } from "../../text/path.ts";
import { linkTargetOf } from "./link_targets.ts";
import { ownersOf } from "./matched_outputs.ts";
import { isSame, localPathOf, placeLink } from "./install.ts";
import { byShell, type BytesPut } from "./install_bytes_names.ts";
import {
  installAt,
  type Installed,
  type Installing,
  inTurns,
  note,
} from "./install_files.ts";
import { type ReceivedResults, shown } from "./received_files.ts";

/** Each link is created after the links that it leads through. */
export async function installLinks(
  paths: readonly string[],
  received: ReceivedResults,
  installing: Installing,
  installed: Installed,
): Promise<void> {
  const { files: landed, inside, followed, unfollowed } = received;
  for (const [path, why] of unfollowed) installed.failed.set(path, why);
  const linked = new Set(installing.ground.linked.keys());
  const leads = paths.map((path) => ({
    path,
    lead: linkTargetOf(path, landed, inside, followed, linked),
  }));
  const ripe = leads.flatMap(({ path, lead }) => {
    if (unfollowed.has(path)) return [];
    const text = landed.links.get(path)!;
    if (lead.to === "itself" || isSame(installing.ground, path, text)) {
      installed.done.add(path);
      return [];
    }
    const plain = lead.to === "here"
      ? { goal: lead.path, through: lead.through }
      : danglingTo(path, lead, received);
    if (plain !== null) return [{ path, text, ...plain }];
    const circle = lead.to === "circle";
    installed.failed.set(
      path,
      circle ? REASON_CIRCLE : `links to ${shown(text)}`,
    );
    return [];
  }).toSorted((a, b) => a.through.length - b.through.length);
  const bytes: BytesPut[] = [];
  await inTurns(ripe.map((_, i) => String(i)), (i) => {
    const { path, text, goal, through } = ripe[Number(i)]!;
    if (through.some((link) => !installed.done.has(link))) {
      return note(
        installed,
        path,
        "leads through a link that could not be created",
      );
    }
    const plain = text.startsWith("/") ? relative(path, inside(text)!) : text;
    if (!isBytesName(path) && !isBytesName(plain) && !isBytesName(goal ?? "")) {
      return installAt(
        path,
        installing,
        installed,
        plain,
        (to) => placeLink(installing, to, { text: plain, goal }),
      );
    }
    if (goal === null) return note(installed, path, `links to ${shown(text)}`);
    const full = localPathOf(installing.ground, goal);
    bytes.push({ path, to: path, what: { link: plain, goal: full } });
  }, () => false);
  await byShell(bytes, installing, installed);
}

const REASON_CIRCLE = "is a circular symlink";

/** A dangling link is created where its target would have been downloaded too. */
function danglingTo(
  path: string,
  lead: ReturnType<typeof linkTargetOf>,
  { dangling, matches }: ReceivedResults,
): { readonly goal: null; readonly through: readonly string[] } | null {
  if (
    lead.to !== "away" || lead.path === null || lead.through.length > 0 ||
    !dangling.has(path)
  ) return null;
  return ownersOf(matches)(lead.path).length > 0
    ? { goal: null, through: [] }
    : null;
}

/** A path below the work base, as the text of a relative it: by the way through the directory that both are in. */
function relative(link: string, path: string): string {
  const isShared = (directory: string) => path.startsWith(`${directory}/`);
  const above = ancestors(link);
  const shared = above.findLast(isShared);
  const rest = shared === undefined ? path : path.slice(shared.length + 1);
  const up = above.filter((directory) => !isShared(directory)).map(() => "..");
  return join(up.join("/") || ".", rest);
}
