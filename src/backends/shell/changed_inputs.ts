/** Finds which inputs must be uploaded and which earlier ones must be removed. */
import { MAX_HASHED_BYTES } from "../../pipeline/plan/content_hash.ts";
import { ok, type Result } from "../../text/result.ts";
import {
  LIST_CHECKSUMS,
  LIST_PRESENT,
  parseChecksums,
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
  /** Files that were uploaded earlier and are no longer inputs, below the remote root. */
  readonly removed: readonly string[];
  /** Directories that stand where a file or a link is sent, below the root. */
  readonly inTheWay: readonly string[];
  /** All files uploaded so far; null: the recorded list is still right. */
  readonly manifest: readonly string[] | null;
}

/**
 * The entries without the files that the remote host has with the same content and
 * executability. A file behind a link does not count: the directory that
 * is uploaded replaces the link.
 */
export async function findChangedInputs(
  remote: Remote,
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
  const purpose = "compare the inputs";
  const reply = await callRemote(remote, {
    purpose,
    body: LIST_PRESENT,
    stdin: list(inputs.map(({ to }) => to)),
    patience_s: FILE_STALL_LIMIT_S,
  });
  if (!reply.ok) return reply;
  const text = (name: string) =>
    reply.value.find(({ header }) => header[0] === name)?.text ?? "";
  const there = parsePresent(text("present"));
  const links = new Set(text("links").split("\n"));
  const alike = files.filter((file) =>
    isAlike(file, there.get(`./${file.to}`)) && !isBehind(file.to, links)
  );
  const same = await sameContent(remote, alike);
  if (!same.ok) return same;
  const before = text("staged_inputs").split("\0").slice(0, -1);
  return ok({
    entries: entries.filter((entry) =>
      !isFile(entry) || !same.value.has(entry)
    ),
    inTheWay: inputs.map(({ to }) => to).filter((path) =>
      there.get(`./${path}`)?.isDirectory && !isBehind(path, links)
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
  return there !== undefined && !there.isDirectory && there.bytes === bytes &&
    there.executable === ((mode & 0o100) !== 0) &&
    (bytes <= MAX_HASHED_BYTES ||
      there.modified === Math.floor(modified / 1000));
}

function isBehind(path: string, links: ReadonlySet<string>): boolean {
  return path !== "." &&
    (links.has(`./${path}`) || isBehind(parent(path), links));
}

async function sameContent(
  remote: Remote,
  files: readonly FileEntry[],
): Promise<Result<ReadonlySet<ArchiveEntry>>> {
  const large = files.filter(({ bytes }) => bytes > MAX_HASHED_BYTES);
  const small = files.filter(({ bytes }) => bytes <= MAX_HASHED_BYTES);
  if (small.length === 0) return ok(new Set(large));
  const reply = await callRemote(remote, {
    purpose: "compare the inputs",
    body: LIST_CHECKSUMS,
    stdin: list(small.map(({ to }) => to)),
    patience_s: FILE_STALL_LIMIT_S,
  });
  if (!reply.ok) return reply;
  const section = reply.value.find(({ header }) => header[0] === "checksums");
  const hashCache = parseChecksums(section?.text ?? "");
  const same: ArchiveEntry[] = [...large];
  for (const file of small) {
    const there = hashCache.get(`./${file.to}`);
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
    // The upload reports the error.
    return null;
  }
}

/** Files in uploaded directories that were uploaded earlier and no longer exist locally. */
function manifest(
  entries: readonly ArchiveEntry[],
  names: readonly string[],
  before: readonly string[],
): Pick<ChangedInputs, "removed" | "manifest"> {
  const now = new Set(names);
  const directories = new Set(
    entries.flatMap((entry) => "directory" in entry ? [entry.to] : []),
  );
  // What is a directory now has taken the place of the file.
  const left = before.filter((path) => !directories.has(path));
  const gone = left.filter((path) =>
    !now.has(path) && isWithin(path, directories)
  );
  const removed = new Set(gone);
  const sent = new Set([
    ...left.filter((path) => !removed.has(path)),
    ...names,
  ]);
  return { removed: gone, manifest: [...sent].toSorted(byCodeUnits) };
}

/** Names relative to the remote root, as the scripts read them. */
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
