/** Takes in what comes back from a remote host that is not trusted. */
import { fail, type Failure, ok, type Result } from "../../text/result.ts";
import { encodeName } from "../../text/bytes_name.ts";
import { ancestors, parent } from "../../text/path.ts";
import { type DownloadBudget, limitOf, spend } from "./download_limits.ts";
import {
  type ReceivedFile,
  type ReceivedFiles,
  shown,
} from "./received_files.ts";
import { readTar, type TarEntry } from "./read_tar.ts";

/** What no file system of ours takes: bytes of a name, bytes and steps of a path. */
const MOST = { name: 255, path: 4000, steps: 250 };

export interface Unpacking {
  /** Where files land. */
  readonly folder: string;
  readonly landed: ReceivedFiles;
  readonly budget: DownloadBudget;
  /** What is not leaves no trace. */
  readonly isWanted: (path: string) => boolean;
}

/**
 * Takes an archive in. Its files are written into `folder` under numbers, so
 * that no name of it means anything there; devices, pipes and sockets are left
 * out. Fails where the archive is cut off or damaged, where it is more than
 * the budget allows, or where the folder cannot hold it.
 */
export async function unpackTar(
  archive: ReadableStream<Uint8Array<ArrayBuffer>>,
  to: Unpacking,
): Promise<Result<void>> {
  try {
    for await (const entry of readTar(archive)) {
      spend(to.budget, { files: 1 });
      if (entry.kind === "header") continue;
      await takeIn(entry as TarEntry, to);
    }
    return ok(undefined);
  } catch (error) {
    return fail(broken(error, to.folder));
  }
}

/** A disk that is full or may not be written stays so until somebody sees to it; a stream may come whole the next time. */
function broken(error: unknown, folder: string): Failure {
  const saw = error instanceof Error ? error.message : String(error);
  // As Deno ends what the system said.
  const isOfDisk = /\(os error \d+\)/.test(saw);
  const limit = limitOf(error);
  const advice = limit === null
    ? "See to it, and run the same command again"
    : `Nothing was removed there. If that much is right, raise ${limit}`;
  return {
    kind: "transfer",
    summary: isOfDisk
      ? `Cannot unpack the results in ${folder}`
      : "Cannot unpack the results",
    detail: saw,
    ...(isOfDisk || limit !== null) && { hint: advice },
    isRetryable: !isOfDisk && limit === null,
  };
}

async function takeIn(entry: TarEntry, to: Unpacking): Promise<void> {
  const { landed, isWanted } = to;
  const steps = innerPath(entry.name.split("/"));
  const path = steps?.join("/") ?? null;
  if (path === null) {
    if (isHere(entry)) landed.folders.add(".");
    else landed.refused.push(`${shown(entry.name)}: leads out of the folder`);
    return;
  }
  const why = tooLong(steps!);
  if (why === null && !isWanted(path)) {
    if (entry.kind === "folder") return;
    return void landed.refused.push(`${shown(path)}: was not asked for`);
  }
  const more = why ?? inTheWay(landed, path, entry.kind) ??
    await add({ ...to, entry, path });
  if (more === null) return;
  landed.refused.push(`${shown(entry.name)}: ${more}`);
  landed.leftOut.add(path);
}

/** The folder itself, as `./`. */
function isHere({ kind, name }: TarEntry): boolean {
  return kind === "folder" && /^[./]+$/.test(name) && !/^\/|\.\./.test(name);
}

function tooLong(steps: readonly string[]): string | null {
  const lengths = steps.map((step) =>
    // No character takes more bytes than this.
    step.length * 3 <= MOST.name ? step.length * 3 : encodeName(step).length
  );
  const isTooLong = steps.length > MOST.steps ||
    lengths.some((length) => length > MOST.name) ||
    encodeName(steps.join("/")).length > MOST.path;
  return isTooLong ? "has a name that is too long for this machine" : null;
}

/** Why nothing can come under that path; null: it can. */
function inTheWay(
  { files, links, allFolders }: ReceivedFiles,
  path: string,
  kind: TarEntry["kind"],
): string | null {
  const isTaken = kind === "folder"
    ? files.has(path) || links.has(path)
    : allFolders.has(path);
  if (isTaken) return "is in the place of something else";
  // Nothing is above a folder but folders.
  if (allFolders.has(parent(path))) return null;
  const above = ancestors(path);
  if (above.some((folder) => links.has(folder))) return "leads through a link";
  return above.some((folder) => files.has(folder))
    ? "is in the place of something else"
    : null;
}

interface Arrival extends Unpacking {
  readonly entry: TarEntry;
  readonly path: string;
}

/** Why the entry was left out; null: it was not. */
async function add(arrival: Arrival): Promise<string | null> {
  const { entry: { kind, linkname }, path, landed } = arrival;
  switch (kind) {
    case "folder":
      landed.folders.add(path);
      addFolders(landed, [...ancestors(path), path]);
      return null;
    case "symlink":
      if (linkname === "" || linkname.length > MOST.path) {
        return `links to ${shown(linkname) || "nothing"}`;
      }
      forget(arrival);
      landed.links.set(path, linkname);
      break;
    case "hardlink": {
      const first = innerPath(linkname.split("/"))?.join("/");
      const file = first === undefined ? undefined : landed.files.get(first);
      if (!file) {
        return `is another name of ${shown(linkname)}, which did not come`;
      }
      if (first === path) return null;
      forget(arrival);
      landed.files.set(path, hardLink(arrival, file));
      break;
    }
    case "file":
      forget(arrival);
      landed.files.set(path, await write(arrival));
      break;
    default:
      return `is a ${kind}`;
  }
  addFolders(landed, ancestors(path));
  return null;
}

function addFolders(
  { allFolders }: ReceivedFiles,
  folders: readonly string[],
): void {
  for (const folder of folders) allFolders.add(folder);
}

/** What came under that name before. */
function forget({ path, folder, landed }: Arrival): void {
  const before = landed.files.get(path);
  if (before) Deno.removeSync(`${folder}/${before.name}`);
  landed.files.delete(path);
  landed.links.delete(path);
}

async function write(
  { entry: { mode, modified, body }, folder, budget }: Arrival,
): Promise<ReceivedFile> {
  const name = `f${budget.files}`;
  // 0o777: neither setuid nor setgid.
  using written = create(`${folder}/${name}`, mode & 0o777);
  const seen = { bytes: 0 };
  // Not Deno.writeFile, which takes what a full disk cut off for written (2.9.6).
  for await (const part of body) {
    spend(budget, { bytes: part.length });
    writeAll(written, part);
    seen.bytes += part.length;
  }
  if (modified !== null) written.utimeSync(modified / 1000, modified / 1000);
  return { name, modified, bytes: seen.bytes };
}

/** At once, as all that is at hand is written: to be called back costs more than a small file. */
function create(path: string, mode: number): Deno.FsFile {
  return Deno.openSync(path, { write: true, createNew: true, mode });
}

function writeAll(file: Deno.FsFile, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
}

/** A second name of a file that came already. */
function hardLink(
  { folder, budget }: Arrival,
  first: ReceivedFile,
): ReceivedFile {
  const name = `f${budget.files}`;
  Deno.linkSync(`${folder}/${first.name}`, `${folder}/${name}`);
  return { ...first, name };
}

/** Without `.` and `..`; null where it leads out of the folder or is the folder. */
function innerPath(steps: readonly string[]): readonly string[] | null {
  if (steps[0] === "" && steps.length > 1) return null;
  const parts: string[] = [];
  for (const step of steps) {
    if (step === "" || step === ".") continue;
    if (step !== "..") parts.push(step);
    else if (parts.pop() === undefined) return null;
  }
  return parts.length > 0 ? parts : null;
}
