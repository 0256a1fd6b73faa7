/** Unpacks an archive from a remote host that is not trusted. */
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

/** Limits of local file systems: bytes of a name, bytes and parts of a path. */
const MOST = { name: 255, path: 4000, steps: 250 };

export interface Unpacking {
  /** The incoming directory. */
  readonly directory: string;
  readonly received: ReceivedFiles;
  readonly budget: DownloadBudget;
  /** Other entries are not written. */
  readonly isWanted: (path: string) => boolean;
}

/**
 * Unpacks an archive. Its files are written into `directory` under numbers, so
 * that its names have no effect there; devices, pipes and sockets are left
 * out. Fails where the archive is truncated or damaged, where it exceeds
 * the budget, or where the directory cannot be written.
 */
export async function unpackTar(
  archive: ReadableStream<Uint8Array<ArrayBuffer>>,
  to: Unpacking,
): Promise<Result<void>> {
  try {
    for await (const entry of readTar(archive)) {
      spend(to.budget, { files: 1 });
      if (entry.kind === "header") continue;
      await unpackEntry(entry as TarEntry, to);
    }
    return ok(undefined);
  } catch (error) {
    return fail(broken(error, to.directory));
  }
}

/** A disk error needs the user's action; a truncated stream may be complete the next time. */
function broken(error: unknown, directory: string): Failure {
  const detail = error instanceof Error ? error.message : String(error);
  // Deno appends this to messages of the operating system.
  const isOfDisk = /\(os error \d+\)/.test(detail);
  const limit = limitOf(error);
  const hint = limit === null
    ? "Fix this, then run the same command again"
    : `The results are still on the remote host. If the amount is right, raise ${limit}`;
  return {
    kind: "transfer",
    summary: isOfDisk
      ? `Cannot unpack the results in ${directory}`
      : "Cannot unpack the results",
    detail,
    ...(isOfDisk || limit !== null) && { hint },
    isRetryable: !isOfDisk && limit === null,
  };
}

async function unpackEntry(entry: TarEntry, to: Unpacking): Promise<void> {
  const { received, isWanted } = to;
  const steps = innerPath(entry.name.split("/"));
  const path = steps?.join("/") ?? null;
  if (path === null) {
    if (isHere(entry)) received.directories.add(".");
    else {received.refused.push(
        `${shown(entry.name)}: leads out of the directory`,
      );}
    return;
  }
  const why = tooLong(steps!);
  if (why === null && !isWanted(path)) {
    if (entry.kind === "directory") return;
    return void received.refused.push(`${shown(path)}: was not requested`);
  }
  const more = why ?? inTheWay(received, path, entry.kind) ??
    await add({ ...to, entry, path });
  if (more === null) return;
  received.refused.push(`${shown(entry.name)}: ${more}`);
  received.leftOut.add(path);
}

/** The directory itself, as `./`. */
function isHere({ kind, name }: TarEntry): boolean {
  return kind === "directory" && /^[./]+$/.test(name) && !/^\/|\.\./.test(name);
}

function tooLong(steps: readonly string[]): string | null {
  const lengths = steps.map((step) =>
    // No character has more bytes than this.
    step.length * 3 <= MOST.name ? step.length * 3 : encodeName(step).length
  );
  const isTooLong = steps.length > MOST.steps ||
    lengths.some((length) => length > MOST.name) ||
    encodeName(steps.join("/")).length > MOST.path;
  return isTooLong ? "has a name that is too long for this computer" : null;
}

/** Why the path cannot be received; null: it can. */
function inTheWay(
  { files, links, allDirectories }: ReceivedFiles,
  path: string,
  kind: TarEntry["kind"],
): string | null {
  const isTaken = kind === "directory"
    ? files.has(path) || links.has(path)
    : allDirectories.has(path);
  if (isTaken) return "conflicts with another entry";
  // All parents of a directory are directories.
  if (allDirectories.has(parent(path))) return null;
  const above = ancestors(path);
  if (above.some((directory) => links.has(directory))) {
    return "leads through a link";
  }
  return above.some((directory) => files.has(directory))
    ? "conflicts with another entry"
    : null;
}

interface Arrival extends Unpacking {
  readonly entry: TarEntry;
  readonly path: string;
}

/** Why the entry was left out; null: it was not. */
async function add(arrival: Arrival): Promise<string | null> {
  const { entry: { kind, linkname }, path, received } = arrival;
  switch (kind) {
    case "directory":
      received.directories.add(path);
      addDirectories(received, [...ancestors(path), path]);
      return null;
    case "symlink":
      if (linkname === "" || linkname.length > MOST.path) {
        return `links to ${shown(linkname) || "nothing"}`;
      }
      forget(arrival);
      received.links.set(path, linkname);
      break;
    case "hardlink": {
      const first = innerPath(linkname.split("/"))?.join("/");
      const file = first === undefined ? undefined : received.files.get(first);
      if (!file) {
        return `is another name of ${shown(linkname)}, which was not received`;
      }
      if (first === path) return null;
      forget(arrival);
      received.files.set(path, hardLink(arrival, file));
      break;
    }
    case "file":
      forget(arrival);
      received.files.set(path, await write(arrival));
      break;
    default:
      return `is a ${kind}`;
  }
  addDirectories(received, ancestors(path));
  return null;
}

function addDirectories(
  { allDirectories }: ReceivedFiles,
  directories: readonly string[],
): void {
  for (const directory of directories) allDirectories.add(directory);
}

/** Removes what was received earlier under that name. */
function forget({ path, directory, received }: Arrival): void {
  const before = received.files.get(path);
  if (before) Deno.removeSync(`${directory}/${before.name}`);
  received.files.delete(path);
  received.links.delete(path);
}

async function write(
  { entry: { mode, modified, body }, directory, budget }: Arrival,
): Promise<ReceivedFile> {
  const name = `f${budget.files}`;
  // 0o777: neither setuid nor setgid.
  using written = create(`${directory}/${name}`, mode & 0o777);
  const seen = { bytes: 0 };
  // Deno.writeFile reports no error when the disk becomes full (2.9.6).
  for await (const part of body) {
    spend(budget, { bytes: part.length });
    writeAll(written, part);
    seen.bytes += part.length;
  }
  if (modified !== null) written.utimeSync(modified / 1000, modified / 1000);
  return { name, modified, bytes: seen.bytes };
}

/** Synchronous, because an asynchronous call costs more than a small file. */
function create(path: string, mode: number): Deno.FsFile {
  return Deno.openSync(path, { write: true, createNew: true, mode });
}

function writeAll(file: Deno.FsFile, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
}

/** A second name of a received file. */
function hardLink(
  { directory, budget }: Arrival,
  first: ReceivedFile,
): ReceivedFile {
  const name = `f${budget.files}`;
  Deno.linkSync(`${directory}/${first.name}`, `${directory}/${name}`);
  return { ...first, name };
}

/** Without `.` and `..`; null where it leads out of the directory or is the directory. */
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
