/** Unpacks what comes back from a machine that is not trusted. */
import { createTarDecoder, type TarHeader } from "modern-tar";
import { fail, type Failure, ok, type Result } from "../result.ts";
import { foldersAbove } from "../text/path.ts";

export interface Unpacked {
  /** Paths below the folder, as they stand there now. */
  readonly files: readonly string[];
  /** Those that the archive names, be they empty. */
  readonly folders: readonly string[];
  /** Those of them that are symlinks. */
  readonly links: ReadonlySet<string>;
  /** What was left out, and why. */
  readonly refused: readonly string[];
  /** Those paths of them that could have come to another machine, or by another name. */
  readonly clashed: readonly string[];
}

/** Where an unpacking is: the folder, and what it made there. */
interface Target {
  readonly folder: string;
  readonly files: Set<string>;
  readonly links: Set<string>;
  readonly folders: Set<string>;
  /** Maps a link's absolute target to a path below the folder; null: it is not there. */
  readonly inside: (target: string) => string | null;
}

/**
 * Unpacks into `folder`, which must be new. Nothing is written outside it,
 * whatever the archive says: no entry is placed through a link, a link is
 * made only where it stays inside, a hard link only to a file that came
 * before it; devices, pipes and sockets are left out. Fails where the archive
 * is cut off or damaged, or the folder cannot hold it.
 */
export async function unpackTar(
  archive: ReadableStream<Uint8Array<ArrayBuffer>>,
  folder: string,
  inside: (target: string) => string | null,
): Promise<Result<Unpacked>> {
  const files = new Set<string>();
  const links = new Set<string>();
  const target: Target = { folder, files, links, folders: new Set(), inside };
  const folders: string[] = [];
  const refused: string[] = [];
  const clashed: string[] = [];
  const entries = archive.pipeThrough(createTarDecoder({ strict: true }));
  try {
    for await (const { header, body } of entries) {
      const path = innerPath(header.name.split("/"));
      const why = await unpack(target, header, path, body).catch((error) => {
        const why = clash(error);
        clashed.push(path!.join("/"));
        return why;
      });
      if (why !== null) refused.push(`${shown(header.name)}: ${why}`);
      else if (header.type !== "directory") files.add(path!.join("/"));
      else if (path !== null) folders.push(path.join("/"));
      // Read to its end: cancelled, it takes the decoder's next body along (modern-tar 0.8.6).
      if (!body.locked) await body.pipeTo(new WritableStream());
    }
    return ok({ files: [...files], folders, links, refused, clashed });
  } catch (error) {
    return fail(broken(error, folder));
  }
}

/** A disk that is full or may not be written stays so until somebody sees to it; a stream may come whole the next time. */
function broken(error: unknown, folder: string): Failure {
  const saw = error instanceof Error ? error.message : String(error);
  // As Deno ends what the system said.
  const isOfDisk = /\(os error \d+\)/.test(saw);
  return {
    kind: "transfer",
    tried: isOfDisk
      ? `Cannot unpack the results in ${folder}`
      : "Cannot unpack the results",
    saw,
    ...isOfDisk && { advice: "See to it, and run the same command again" },
    again: !isOfDisk,
  };
}

/** As much of a name as helps to know it. */
function shown(name: string): string {
  return name.length > 300 ? `${name.slice(0, 300)}…` : name;
}

/** What the archive itself makes impossible concerns one entry; all else the whole. */
function clash(error: unknown): string {
  const { AlreadyExists, IsADirectory, NotADirectory } = Deno.errors;
  const clashes = [AlreadyExists, IsADirectory, NotADirectory];
  if (clashes.some((kind) => error instanceof kind)) {
    return "is in the place of something else";
  }
  if ((error as { code?: string }).code === "ENAMETOOLONG") {
    return "has a name that is too long for this machine";
  }
  throw error;
}

/** Why the entry was left out; null: it was not. */
async function unpack(
  target: Target,
  header: TarHeader,
  path: readonly string[] | null,
  body: ReadableStream<Uint8Array>,
): Promise<string | null> {
  if (path === null) {
    return isHere(header) ? null : "leads out of the folder";
  }
  if (isThroughLink(target, path)) return "leads through a link";
  switch (header.type ?? "file") {
    case "directory":
      return makeFolder(target, path), null;
    case "symlink":
      return link(target, path, header.linkname ?? "");
    case "link":
      return hardLink(target, path, header.linkname ?? "");
    case "file":
      return await file(target, path, header, body);
    default:
      return `is a ${header.type}`;
  }
}

/** The folder itself, as `./`. */
function isHere({ type, name }: TarHeader): boolean {
  return type === "directory" && /^[./]+$/.test(name) && !/^\/|\.\./.test(name);
}

async function file(
  target: Target,
  path: readonly string[],
  { mode, mtime }: TarHeader,
  body: ReadableStream<Uint8Array>,
): Promise<null> {
  const to = makeRoom(target, path);
  // 0o777: neither setuid nor setgid.
  const permissions = (mode ?? 0o644) & 0o777;
  using written = create(to, permissions);
  // Not Deno.writeFile, which takes what a full disk cut off for written (2.9.6).
  const reader = body.getReader();
  for (let part; !(part = await reader.read()).done;) {
    writeAll(written, part.value);
  }
  if (mtime) written.utimeSync(mtime, mtime);
  return null;
}

/** At once, as all that is at hand is written: to be called back costs more than a small file. */
function create(path: string, mode: number): Deno.FsFile {
  return Deno.openSync(path, { write: true, createNew: true, mode });
}

function writeAll(file: Deno.FsFile, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
}

/** A second name of a file that came already; the same name twice is one. */
function hardLink(
  target: Target,
  path: readonly string[],
  name: string,
): string | null {
  const first = innerPath(name.split("/"))?.join("/");
  // A link would lead elsewhere from elsewhere.
  const isFile = first !== undefined && target.files.has(first) &&
    !target.links.has(first);
  if (!isFile) return `is another name of ${name}, which did not come`;
  if (first === path.join("/")) return null;
  const from = `${target.folder}/${first}`;
  const to = makeRoom(target, path);
  Deno.linkSync(from, to);
  return null;
}

function link(
  target: Target,
  path: readonly string[],
  linkname: string,
): string | null {
  const steps = stepsOf(target, path, linkname);
  if (steps === null) return `links to ${linkname}`;
  const to = makeRoom(target, path);
  Deno.symlinkSync(steps.join("/"), to);
  target.links.add(path.join("/"));
  return null;
}

/** The steps from the link to where it leads; null where that may be outside. */
function stepsOf(
  { inside }: Target,
  path: readonly string[],
  linkname: string,
): readonly string[] | null {
  const above = path.slice(0, -1);
  const isAbsolute = linkname.startsWith("/");
  const goal = isAbsolute ? inside(linkname) : linkname;
  if (!goal) return null;
  const steps = [
    ...isAbsolute ? above.map(() => "..") : [],
    ...goal.split("/"),
  ];
  // A `..` behind a name could climb out of what that name links to.
  const named = steps.findIndex((step) => step !== ".." && step !== ".");
  if (named >= 0 && steps.slice(named).includes("..")) return null;
  return innerPath([...above, ...steps]) && steps;
}

/** Where the path's entry is to be written; what came under that name before is gone. */
function makeRoom(target: Target, path: readonly string[]): string {
  const name = path.join("/");
  const to = `${target.folder}/${name}`;
  makeFolder(target, path.slice(0, -1));
  if (target.files.delete(name)) Deno.removeSync(to);
  target.links.delete(name);
  return to;
}

function makeFolder(
  { folder, folders }: Target,
  path: readonly string[],
): void {
  const name = [folder, ...path].join("/");
  if (folders.has(name)) return;
  Deno.mkdirSync(name, { recursive: true });
  folders.add(name);
}

function isThroughLink({ links }: Target, path: readonly string[]): boolean {
  return foldersAbove(path.join("/")).some((folder) => links.has(folder));
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
