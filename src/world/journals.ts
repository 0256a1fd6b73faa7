/** Journals on disk: `$XDG_STATE_HOME/dpdisp/<key>/<generation>.jsonl`, for this user's eyes only. */
import { fail, ok, type Result } from "../result.ts";
import { sha256 } from "../text/digest.ts";
import type { Journals, Lock } from "../world.ts";

export function localJournals(
  env: (name: string) => string | undefined,
): Journals {
  const home = env("XDG_STATE_HOME") || `${env("HOME") ?? ""}/.local/state`;
  const root = `${home}/dpdisp`;
  const folder = (key: string) => `${root}/${key}`;
  const file = (key: string, generation: number) =>
    `${folder(key)}/${generation}.jsonl`;
  return {
    folder,
    keys: () => names(root).filter((name) => !name.includes(".")),
    generations: (key) =>
      names(folder(key))
        .flatMap((name) => name.match(/^(\d+)\.jsonl$/)?.[1] ?? [])
        .map(Number).sort((a, b) => a - b),
    read: (key, generation, from = 0) => readFrom(file(key, generation), from),
    recall: (script) => readFrom(memory(root, script), 0),
    keep: (script, text) => keep(root, memory(root, script), text),
    lock: (key) => lock(root, folder(key)),
    append(key, generation, lines) {
      const options = { append: true, create: true, mode: 0o600 };
      Deno.writeTextFileSync(file(key, generation), lines, options);
    },
  };
}

/** Beside the journals; no key has a dot. */
function memory(root: string, script: string): string {
  return `${root}/${sha256(script).slice(0, 8)}.digests`;
}

function keep(root: string, path: string, text: string): void {
  Deno.mkdirSync(root, { recursive: true, mode: 0o700 });
  Deno.writeTextFileSync(`${path}.new`, text, { mode: 0o600 });
  Deno.renameSync(`${path}.new`, path);
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
    return new TextDecoder().decode(Deno.readFileSync(path).subarray(from));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
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
    if (!(error instanceof Error) || error instanceof TypeError) throw error;
    return fail({
      kind: "input",
      tried: `Cannot keep a journal in ${folder}`,
      saw: error.message,
      advice: "Set XDG_STATE_HOME to a folder that can be written",
      again: false,
    });
  }
}
