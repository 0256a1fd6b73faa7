/** Makes the links that came, where what they lead to has its place. */
import { isBytesName } from "../../text/bytes_name.ts";
import { ancestors, join } from "../../text/path.ts";
import { linkTargetOf } from "./link_targets.ts";
import { ownersOf } from "./matched_outputs.ts";
import { isSame, placeLink, placeOf } from "./install.ts";
import { byShell, type BytesPut } from "./install_bytes_names.ts";
import {
  type Installed,
  type Installing,
  inTurns,
  note,
  putAt,
} from "./install_files.ts";
import type { Received } from "../shell/receive.ts";
import { shown } from "./received_files.ts";

/** Each after those that it leads through. */
export async function installLinks(
  paths: readonly string[],
  received: Received,
  putting: Installing,
  put: Installed,
): Promise<void> {
  const { landed, inside, followed, unfollowed } = received;
  for (const [path, why] of unfollowed) put.stuck.set(path, why);
  const linked = new Set(putting.ground.linked.keys());
  const leads = paths.map((path) => ({
    path,
    lead: linkTargetOf(path, landed, inside, followed, linked),
  }));
  const ripe = leads.flatMap(({ path, lead }) => {
    if (unfollowed.has(path)) return [];
    const text = landed.links.get(path)!;
    if (lead.to === "itself" || isSame(putting.ground, path, text)) {
      put.home.add(path);
      return [];
    }
    const plain = lead.to === "here"
      ? { goal: lead.path, through: lead.through }
      : danglingTo(path, lead, received);
    if (plain !== null) return [{ path, text, ...plain }];
    const circle = lead.to === "circle";
    put.stuck.set(path, circle ? REASON_CIRCLE : `links to ${shown(text)}`);
    return [];
  }).toSorted((a, b) => a.through.length - b.through.length);
  const bytes: BytesPut[] = [];
  await inTurns(ripe.map((_, i) => String(i)), (i) => {
    const { path, text, goal, through } = ripe[Number(i)]!;
    if (through.some((link) => !put.home.has(link))) {
      return note(put, path, "leads through a link that could not be made");
    }
    const plain = text.startsWith("/") ? relative(path, inside(text)!) : text;
    if (!isBytesName(path) && !isBytesName(plain) && !isBytesName(goal ?? "")) {
      return putAt(
        path,
        putting,
        put,
        plain,
        (to) => placeLink(putting, to, { text: plain, goal }),
      );
    }
    if (goal === null) return note(put, path, `links to ${shown(text)}`);
    const full = placeOf(putting.ground, goal);
    bytes.push({ path, to: path, what: { link: plain, goal: full } });
  }, () => false);
  await byShell(bytes, putting, put);
}

const REASON_CIRCLE = "is a link that leads round in a circle";

/** A link to nothing comes where that nothing would have come too. */
function danglingTo(
  path: string,
  lead: ReturnType<typeof linkTargetOf>,
  { dangling, picks }: Received,
): { readonly goal: null; readonly through: readonly string[] } | null {
  if (
    lead.to !== "away" || lead.path === null || lead.through.length > 0 ||
    !dangling.has(path)
  ) return null;
  return ownersOf(picks)(lead.path).length > 0
    ? { goal: null, through: [] }
    : null;
}

/** A path below the work base, as a link there says it: by the way through the folder that both are in. */
function relative(link: string, path: string): string {
  const isShared = (folder: string) => path.startsWith(`${folder}/`);
  const above = ancestors(link);
  const shared = above.findLast(isShared);
  const rest = shared === undefined ? path : path.slice(shared.length + 1);
  const up = above.filter((folder) => !isShared(folder)).map(() => "..");
  return join(up.join("/") || ".", rest);
}
