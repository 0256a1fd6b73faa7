/** Journals on disk: `$XDG_STATE_HOME/dpdisp/<key>/<generation>.jsonl`, for this user's eyes only. */
import { fail, ok, type Result } from "../text/result.ts";
import { sha256 } from "../text/hash.ts";
import type { JournalStore, Lock } from "./environment.ts";

export function localJournalStore(
  env: (name: string) => string | undefined,
): JournalStore {
  const root = stateDirectory(env);
  if (root === null) return nowhere;
  const folder = (key: string) => `${root}/${key}`;
  const file = (key: string, generation: number) =>
    `${folder(key)}/${generation}.jsonl`;
  return {
    check: (script) => check(root, script),
    folder,
    keys: () => names(root).filter((name) => !name.includes(".")),
    generations: (key) =>
      names(folder(key))
        .flatMap((name) => name.match(/^(\d+)\.jsonl$/)?.[1] ?? [])
        .map(Number).sort((a, b) => a - b),
    read: (key, generation, from = 0) => readFrom(file(key, generation), from),
    readState: (script) => recall(memory(root, script)),
    writeState: (script, text) => keep(root, memory(root, script), text),
    lock: (key) => lock(root, folder(key)),
    append: (key, generation, lines) => append(file(key, generation), lines),
    cutTail: (key, generation) => cutTail(file(key, generation)),
    requestCancel(key, wish) {
      if (wish) Deno.writeTextFileSync(`${folder(key)}/cancel`, "");
      else remove(`${folder(key)}/cancel`);
    },
    isCancelRequested: (key) => isThere(`${folder(key)}/cancel`),
    askedToCancel: (key, signal) => appears(`${folder(key)}/cancel`, signal),
  };
}

/** Where all that outlives a command is kept; null: nowhere. https://specifications.freedesktop.org/basedir: a relative path is to be ignored. */
export function stateDirectory(
  env: (name: string) => string | undefined,
): string | null {
  const [state, home] = [env("XDG_STATE_HOME"), env("HOME")];
  if (state?.startsWith("/")) return `${state}/dpdisp`;
  return home?.startsWith("/") ? `${home}/.local/state/dpdisp` : null;
}

/** What could not be opened later is told before anything is read or sent. */
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

export function homeless(): Result<never> {
  return fail({
    kind: "input",
    summary: "Cannot keep a journal",
    detail:
      "neither XDG_STATE_HOME nor HOME is set to an absolute path, and the user database has no home directory for this user",
    hint: "Set XDG_STATE_HOME to a directory that can be written",
    isRetryable: false,
  });
}

/** For a user without a home: whatever would write fails. */
const nowhere: JournalStore = {
  check: homeless,
  folder: (key) => key,
  keys: () => [],
  generations: () => [],
  read: () => "",
  readState: () => "",
  writeState() {},
  lock: homeless,
  append: homeless,
  cutTail: homeless,
  askedToCancel: () => new Promise(() => {}),
  requestCancel() {},
  isCancelRequested: () => false,
};

function append(path: string, lines: string): Result<void> {
  try {
    const options = { append: true, create: true, mode: 0o600 };
    return ok(Deno.writeTextFileSync(path, lines, options));
  } catch (error) {
    return unwritable(path, error);
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

function isThere(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** The kernel tells; where it cannot (no watch to be had, NFS) whoever waits looks by the clock. */
async function appears(path: string, signal: AbortSignal): Promise<void> {
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
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** Beside the journals; no key has a dot. */
function memory(root: string, script: string): string {
  return `${root}/${sha256(script).slice(0, 8)}.digests`;
}

/** What cannot be read is found out again. */
function recall(path: string): string {
  try {
    return readFrom(path, 0);
  } catch (error) {
    if (error instanceof TypeError) throw error;
    return "";
  }
}

/** What cannot be kept is read again next time. */
function keep(root: string, path: string, text: string): void {
  try {
    Deno.mkdirSync(root, { recursive: true, mode: 0o700 });
    Deno.writeTextFileSync(`${path}.new`, text, { mode: 0o600 });
    Deno.renameSync(`${path}.new`, path);
  } catch (error) {
    if (error instanceof TypeError) throw error;
  }
}

function names(folder: string): readonly string[] {
  try {
    return Array.from(Deno.readDirSync(folder), ({ name }) => name);
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
    return new TextDecoder().decode(bytes.subarray(0, readAll(file, bytes)));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}

/** Bytes that were there to read. */
function readAll(file: Deno.FsFile, into: Uint8Array): number {
  let count = 0;
  while (count < into.length) {
    const read = file.readSync(into.subarray(count));
    if (read === null) break;
    count += read;
  }
  return count;
}

/** The kernel's lock on a file: it goes with the process that holds it, however that ends. */
function lock(root: string, folder: string): Result<Lock | null> {
  try {
    Deno.mkdirSync(root, { recursive: true, mode: 0o700 });
    Deno.mkdirSync(folder, { recursive: true, mode: 0o700 });
    const options = { write: true, create: true, mode: 0o600 };
    const file = Deno.openSync(`${folder}/lock`, options);
    if (file.tryLockSync(true)) return ok({ release: () => file.close() });
    file.close();
    return ok(null);
  } catch (error) {
    return unwritable(folder, error);
  }
}

function unwritable(path: string, error: unknown): Result<never> {
  if (!(error instanceof Error) || error instanceof TypeError) throw error;
  return fail({
    kind: "input",
    summary: `Cannot keep a journal in ${path}`,
    detail: error.message,
    hint:
      "Make it readable and writable for you, free some space, or set XDG_STATE_HOME to a directory that can be written",
    isRetryable: false,
  });
}
