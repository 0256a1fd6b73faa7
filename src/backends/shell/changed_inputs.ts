/** Leaves out what is there already, and finds what must go. */
import { ok, type Result } from "../../text/result.ts";
import {
  CONTENTS,
  LIST_PRESENT,
  parseContents,
  parsePresent,
  type PresentFile,
} from "../../script/compare_script.ts";
import { byCodeUnits } from "../../text/sort.ts";
import { isWithin } from "../../pipeline/plan/match_inputs.ts";
import { parent } from "../../text/path.ts";
import { callRemote, type Remote } from "./call_remote.ts";
import { FILE_STALL_LIMIT_S } from "./stall_limit.ts";
import {
  type ArchiveEntry,
  type FileEntry,
  isFile,
} from "../files/archive_entries.ts";

export interface ChangedInputs {
  readonly entries: readonly ArchiveEntry[];
  /** Files that were sent once and are inputs no more, below the root. */
  readonly removed: readonly string[];
  /** Folders that stand where a file or a link is sent, below the root. */
  readonly inTheWay: readonly string[];
  /** All that was sent, before and now; null: what is noted of that holds. */
  readonly manifest: readonly string[] | null;
}

/** Above that, size and time of change stand for the content, as in the plan. */
const MOST_BYTES_READ = 256 * 2 ** 20;

/**
 * The entries without the files that are there with the same content and
 * executability. What is reached through a link is not there: the folder that
 * is sent takes the link's place.
 */
export async function findChangedInputs(
  far: Remote,
  entries: readonly ArchiveEntry[],
  present: boolean,
): Promise<Result<ChangedInputs>> {
  const files = entries.filter(isFile);
  const names = files.map(({ to }) => to);
  if (!present) {
    return ok({ entries, removed: [], inTheWay: [], manifest: names });
  }
  const inputs = entries.filter((entry) => isFile(entry) || "link" in entry);
  if (inputs.length === 0) {
    return ok({ entries, removed: [], inTheWay: [], manifest: null });
  }
  const purpose = "see which inputs are there";
  const asked = await callRemote(far, {
    purpose,
    body: LIST_PRESENT,
    stdin: list(inputs.map(({ to }) => to)),
    patience_s: FILE_STALL_LIMIT_S,
  });
  if (!asked.ok) return asked;
  const text = (name: string) =>
    asked.value.find(({ header }) => header[0] === name)?.text ?? "";
  const there = parsePresent(text("present"));
  const links = new Set(text("links").split("\n"));
  const alike = files.filter((file) =>
    isAlike(file, there.get(`./${file.to}`)) && !isBehind(file.to, links)
  );
  const same = await sameContent(far, alike);
  if (!same.ok) return same;
  const before = text("sent").split("\0").slice(0, -1);
  return ok({
    entries: entries.filter((entry) =>
      !isFile(entry) || !same.value.has(entry)
    ),
    inTheWay: inputs.map(({ to }) => to).filter((path) =>
      there.get(`./${path}`)?.folder && !isBehind(path, links)
    ),
    ...files.length === 0
      ? { removed: [], manifest: null }
      : manifest(entries, names, before),
  });
}

function isAlike(
  { bytes, modified, mode }: FileEntry,
  there: PresentFile | undefined,
): boolean {
  return there !== undefined && !there.folder && there.bytes === bytes &&
    there.executable === ((mode & 0o100) !== 0) &&
    (bytes <= MOST_BYTES_READ ||
      there.modified === Math.floor(modified / 1000));
}

function isBehind(path: string, links: ReadonlySet<string>): boolean {
  return path !== "." &&
    (links.has(`./${path}`) || isBehind(parent(path), links));
}

async function sameContent(
  far: Remote,
  files: readonly FileEntry[],
): Promise<Result<ReadonlySet<ArchiveEntry>>> {
  const large = files.filter(({ bytes }) => bytes > MOST_BYTES_READ);
  const small = files.filter(({ bytes }) => bytes <= MOST_BYTES_READ);
  if (small.length === 0) return ok(new Set(large));
  const asked = await callRemote(far, {
    purpose: "compare the inputs",
    body: CONTENTS,
    stdin: list(small.map(({ to }) => to)),
    patience_s: FILE_STALL_LIMIT_S,
  });
  if (!asked.ok) return asked;
  const told = asked.value.find(({ header }) => header[0] === "contents");
  const digests = parseContents(told?.text ?? "");
  const same: ArchiveEntry[] = [...large];
  for (const file of small) {
    const there = digests.get(`./${file.to}`);
    if (there !== undefined && there === await digestOf(file)) same.push(file);
  }
  return ok(new Set(same));
}

async function digestOf({ from }: FileEntry): Promise<string | null> {
  try {
    const bytes = await Deno.readFile(from);
    const digest = await crypto.subtle.digest("SHA-256", bytes);
    return new Uint8Array(digest).toHex();
  } catch {
    // Whoever packs it will say why.
    return null;
  }
}

/** Of the folders that are sent, files that were sent before and are not in them now. */
function manifest(
  entries: readonly ArchiveEntry[],
  names: readonly string[],
  before: readonly string[],
): Pick<ChangedInputs, "removed" | "manifest"> {
  const now = new Set(names);
  const folders = new Set(
    entries.flatMap((entry) => "folder" in entry ? [entry.to] : []),
  );
  // What is a folder now has taken the place of the file.
  const left = before.filter((path) => !folders.has(path));
  const gone = left.filter((path) => !now.has(path) && isWithin(path, folders));
  const removed = new Set(gone);
  const sent = new Set([
    ...left.filter((path) => !removed.has(path)),
    ...names,
  ]);
  return { removed: gone, manifest: [...sent].toSorted(byCodeUnits) };
}

/** Names relative to the root, as the scripts read them. */
function list(
  names: readonly string[],
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const text = names.map((name) => `./${name}\0`).join("");
  return new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode(text));
      controller.close();
    },
  });
}
