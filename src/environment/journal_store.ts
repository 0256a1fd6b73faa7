/** Journals on disk: `$XDG_STATE_HOME/dpdisp/<key>/<generation>.jsonl`, readable by this user only. */
import { fail, ok, type Result } from "../text/result.ts";
import type { JournalStore, Lock } from "./environment.ts";

export function localJournalStore(
  env: (name: string) => string | undefined,
): JournalStore {
  const root = stateDirectory(env);
  if (root === null) return withoutHome;
  const directory = (key: string) => `${root}/${key}`;
  const file = (key: string, generation: number) =>
    `${directory(key)}/${generation}.jsonl`;
  return {
    check: (script) => check(root, script),
    directory,
    keys: () => names(root).filter((name) => !name.includes(".")),
    generations: (key) =>
      names(directory(key))
        .flatMap((name) => name.match(/^(\d+)\.jsonl$/)?.[1] ?? [])
        .map(Number).sort((a, b) => a - b),
    read: (key, generation, from = 0) => readFrom(file(key, generation), from),
    readState: (name) => readStateFile(stateFile(root, name)),
    writeState: (name, text) =>
      writeStateFile(root, stateFile(root, name), text),
    lock: (key) => lock(root, directory(key)),
    append: (key, generation, lines) => append(file(key, generation), lines),
    cutTail: (key, generation) => cutTail(file(key, generation)),
    requestCancel(key, isWanted) {
      if (isWanted) Deno.writeTextFileSync(`${directory(key)}/cancel`, "");
      else remove(`${directory(key)}/cancel`);
    },
    isCancelRequested: (key) => isFile(`${directory(key)}/cancel`),
    cancelRequested: (key, signal) =>
      waitForFile(`${directory(key)}/cancel`, signal),
  };
}

/** The directory for everything that outlives a command; null where there is none. A relative path is ignored, as https://specifications.freedesktop.org/basedir wants it. */
export function stateDirectory(
  env: (name: string) => string | undefined,
): string | null {
  const [state, home] = [env("XDG_STATE_HOME"), env("HOME")];
  if (state?.startsWith("/")) return `${state}/dpdisp`;
  return home?.startsWith("/") ? `${home}/.local/state/dpdisp` : null;
}

/** Run before anything is read or sent, so that a directory that cannot be written fails early. */
function check(root: string, script: string): Result<void> {
  try {
    Deno.mkdirSync(root, { recursive: true, mode: 0o700 });
    for (const key of names(root)) {
      if (!key.startsWith(`${script}-`)) continue;
      for (const name of names(`${root}/${key}`)) {
        if (name.endsWith(".jsonl")) {
          Deno.openSync(`${root}/${key}/${name}`).close();
        }
      }
    }
    return ok(undefined);
  } catch (error) {
    return unwritable(root, error);
  }
}

export function noStateDirectory(): Result<never> {
  return fail({
    kind: "input",
    summary: "Cannot keep a journal",
    detail:
      "neither XDG_STATE_HOME nor HOME is set to an absolute path, and the user database has no home directory for this user",
    hint: "Set XDG_STATE_HOME to a writable directory",
    isRetryable: false,
  });
}

/** For a user without a home directory: everything that would write fails. */
const withoutHome: JournalStore = {
  check: noStateDirectory,
  directory: (key) => key,
  keys: () => [],
  generations: () => [],
  read: () => "",
  readState: () => "",
  writeState() {},
  lock: noStateDirectory,
  append: noStateDirectory,
  cutTail: noStateDirectory,
  cancelRequested: () => new Promise(() => {}),
  requestCancel() {},
  isCancelRequested: () => false,
};

function append(path: string, lines: string): Result<void> {
  try {
    const options = { append: true, create: true, mode: 0o600 };
    return ok(Deno.writeTextFileSync(path, lines, options));
  } catch (error) {
    return isPassing(error) ? away(path, error) : unwritable(path, error);
  }
}

function cutTail(path: string): Result<void> {
  try {
    const end = Deno.readFileSync(path).lastIndexOf(NEWLINE) + 1;
    return ok(Deno.truncateSync(path, end));
  } catch (error) {
    return unwritable(path, error);
  }
}

const NEWLINE = 10;

/** False also where the directory is away. */
function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (error) {
    if (isPassing(error)) return false;
    throw error;
  }
}

/** Watches the directory. Where it cannot be watched (no watch left, NFS) this waits for the signal, and the caller polls. */
async function waitForFile(path: string, signal: AbortSignal): Promise<void> {
  try {
    using watcher = Deno.watchFs(path.slice(0, path.lastIndexOf("/")));
    signal.addEventListener("abort", () => watcher.close(), { once: true });
    for await (const { kind, paths } of watcher) {
      if (kind === "create" && paths.includes(path)) return;
    }
  } catch (error) {
    if (error instanceof TypeError) throw error;
    if (signal.aborted) return;
    await new Promise((resolve) =>
      signal.addEventListener("abort", resolve, { once: true })
    );
  }
}

function remove(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!isPassing(error)) throw error;
  }
}

/** A file beside the directories of the journals; no run key has a dot. */
function stateFile(root: string, name: string): string {
  return `${root}/${name}.digests`;
}

/** A file that cannot be read counts as empty: its content can be computed again. */
function readStateFile(path: string): string {
  try {
    return readFrom(path, 0);
  } catch (error) {
    if (error instanceof TypeError) throw error;
    return "";
  }
}

/** A file that cannot be written is not an error: the next command computes its content again. */
function writeStateFile(root: string, path: string, text: string): void {
  try {
    Deno.mkdirSync(root, { recursive: true, mode: 0o700 });
    Deno.writeTextFileSync(`${path}.new`, text, { mode: 0o600 });
    Deno.renameSync(`${path}.new`, path);
  } catch (error) {
    if (error instanceof TypeError) throw error;
  }
}

function names(directory: string): readonly string[] {
  try {
    return Array.from(Deno.readDirSync(directory), ({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

function readFrom(path: string, from: number): string {
  try {
    using file = Deno.openSync(path);
    const bytes = new Uint8Array(Math.max(0, file.statSync().size - from));
    file.seekSync(from, Deno.SeekMode.Start);
    return new TextDecoder().decode(bytes.subarray(0, fill(bytes, file)));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}

/** Returns the number of bytes that were read. */
function fill(bytes: Uint8Array, file: Deno.FsFile): number {
  let count = 0;
  while (count < bytes.length) {
    const read = file.readSync(bytes.subarray(count));
    if (read === null) break;
    count += read;
  }
  return count;
}

/** A lock of the kernel on a file: it is released when the process ends, in whatever way. */
function lock(root: string, directory: string): Result<Lock | null> {
  try {
    Deno.mkdirSync(root, { recursive: true, mode: 0o700 });
    Deno.mkdirSync(directory, { recursive: true, mode: 0o700 });
    const options = { write: true, create: true, mode: 0o600 };
    const file = Deno.openSync(`${directory}/lock`, options);
    if (file.tryLockSync(true)) return ok({ release: () => file.close() });
    file.close();
    return ok(null);
  } catch (error) {
    return unwritable(directory, error);
  }
}

/** As while a home directory is moved, or its server restarts. */
const PASSING: readonly string[] =
  "ENOENT ENOTDIR EIO ESTALE ENOTCONN EHOSTDOWN EHOSTUNREACH ETIMEDOUT"
    .split(" ");

function isPassing(error: unknown): error is Error {
  return error instanceof Error &&
    PASSING.includes((error as { code?: string }).code ?? "");
}

function away(path: string, { message }: Error): Result<never> {
  return fail({
    kind: "transfer",
    summary: `Cannot write the journal ${path}`,
    detail: message,
    hint:
      "This is tried again for 3 minutes: is the directory moved, or its file server away?",
    isRetryable: true,
  });
}

function unwritable(path: string, error: unknown): Result<never> {
  if (!(error instanceof Error) || error instanceof TypeError) throw error;
  return fail({
    kind: "input",
    summary: `Cannot keep a journal in ${path}`,
    detail: error.message,
    hint:
      "Make it readable and writable for you, free some space, or set XDG_STATE_HOME to a writable directory",
    isRetryable: false,
  });
}
