/** Unpacks what comes back from a machine that is not trusted. */
import { createTarDecoder, type TarHeader } from "modern-tar";
import { fail, ok, type Result } from "../result.ts";

export interface Unpacked {
  /** Paths below the folder, as they stand there now; folders are not named. */
  readonly files: readonly string[];
  /** What was left out, and why. */
  readonly refused: readonly string[];
}

/** Where an unpacking is: the folder, and what it made there. */
interface Target {
  readonly folder: string;
  readonly files: Set<string>;
  readonly links: Set<string>;
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
  const target: Target = { folder, files, links: new Set(), inside };
  const refused: string[] = [];
  const entries = archive.pipeThrough(createTarDecoder({ strict: true }));
  try {
    for await (const { header, body } of entries) {
      const path = innerPath(header.name.split("/"));
      const why = await unpack(target, header, path, body).catch(clash);
      if (why !== null) refused.push(`${header.name}: ${why}`);
      else if (header.type !== "directory") files.add(path!.join("/"));
      if (!body.locked) await body.cancel();
    }
    return ok({ files: [...files], refused });
  } catch (error) {
    const saw = error instanceof Error ? error.message : String(error);
    return fail({
      kind: "transfer",
      tried: "Cannot unpack the results",
      saw,
      again: true,
    });
  }
}

/** What the archive itself makes impossible concerns one entry; all else the whole. */
function clash(error: unknown): string {
  const { AlreadyExists, IsADirectory, NotADirectory } = Deno.errors;
  const clashes = [AlreadyExists, IsADirectory, NotADirectory];
  if (!clashes.some((kind) => error instanceof kind)) throw error;
  return "is in the place of something else";
}

/** Why the entry was left out; null: it was not. */
async function unpack(
  target: Target,
  header: TarHeader,
  path: readonly string[] | null,
  body: ReadableStream<Uint8Array>,
): Promise<string | null> {
  if (path === null) {
    return header.type === "directory" && isHere(header.name)
      ? null
      : "leads out of the folder";
  }
  const to = `${target.folder}/${path.join("/")}`;
  if (isThroughLink(target, path)) return "leads through a link";
  switch (header.type ?? "file") {
    case "directory":
      return await Deno.mkdir(to, { recursive: true }), null;
    case "symlink":
      return await link(target, path, header.linkname ?? "");
    case "link":
      return await hardLink(target, to, header.linkname ?? "");
    case "file":
      target.links.delete(path.join("/"));
      return await file(to, header, body), null;
    default:
      return `is a ${header.type}`;
  }
}

/** The folder itself, as `./`. */
function isHere(name: string): boolean {
  return name.split("/").every((step) => step === "" || step === ".") &&
    !name.startsWith("/");
}

async function file(
  to: string,
  { mode, mtime }: TarHeader,
  body: ReadableStream<Uint8Array>,
): Promise<void> {
  await makeParent(to);
  await removeOld(to);
  // 0o777: neither setuid nor setgid.
  await Deno.writeFile(to, body, {
    mode: (mode ?? 0o644) & 0o777,
    createNew: true,
  });
  if (mtime) await Deno.utime(to, mtime, mtime);
}

/** A second name of a file that came already; the same name twice is one. */
async function hardLink(
  { folder, files, links }: Target,
  to: string,
  name: string,
): Promise<string | null> {
  const first = innerPath(name.split("/"))?.join("/");
  if (first === undefined || !files.has(first) || links.has(first)) {
    return `is another name of ${name}, which did not come`;
  }
  if (to === `${folder}/${first}`) return null;
  await makeParent(to);
  await removeOld(to);
  await Deno.link(`${folder}/${first}`, to);
  return null;
}

/** What came under the same name before. */
function removeOld(path: string): Promise<void> {
  return Deno.remove(path).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) {
      throw new Deno.errors.AlreadyExists();
    }
  });
}

async function link(
  { folder, links, inside }: Target,
  path: readonly string[],
  target: string,
): Promise<string | null> {
  const away = `links to ${target}`;
  const up = path.slice(0, -1).map(() => "..");
  const goal = target.startsWith("/") ? inside(target) : target;
  if (goal === null || target === "") return away;
  const steps = target.startsWith("/")
    ? [...up, ...goal.split("/")]
    : goal.split("/");
  // A `..` behind a name could climb out of what that name links to.
  const named = steps.findIndex((step) => step !== ".." && step !== ".");
  if (named >= 0 && steps.slice(named).includes("..")) return away;
  if (innerPath([...path.slice(0, -1), ...steps]) === null) return away;
  const to = `${folder}/${path.join("/")}`;
  await makeParent(to);
  await removeOld(to);
  await Deno.symlink(steps.join("/"), to);
  links.add(path.join("/"));
  return null;
}

function isThroughLink({ links }: Target, path: readonly string[]): boolean {
  return path.some((_, i) => i > 0 && links.has(path.slice(0, i).join("/")));
}

function makeParent(path: string): Promise<void> {
  return Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
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
