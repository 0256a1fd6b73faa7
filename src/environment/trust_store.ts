/** Trust on disk: a file in `$XDG_STATE_HOME/dpdisp/.trusted`, named by the hashes of a script's path and of its metadata. */
import { fail, ok, type Result } from "../text/result.ts";
import { sha256 } from "../text/hash.ts";
import type { TrustStore } from "./environment.ts";
import { homeless, stateDirectory } from "./journal_store.ts";

export function localTrustStore(
  env: (name: string) => string | undefined,
): TrustStore {
  const state = stateDirectory(env);
  if (state === null) return nothing;
  // No key of a submission has a dot.
  const folder = `${state}/.trusted`;
  const prefix = (script: string) => sha256(script).slice(0, 32);
  const file = (script: string, metadata: string) =>
    `${folder}/${prefix(script)}-${sha256(metadata).slice(0, 32)}`;
  return {
    recall: (script, metadata) =>
      unlessAbsent(() => Deno.readTextFileSync(file(script, metadata))),
    keep: (script, metadata, text) =>
      keep(folder, file(script, metadata), text),
    forget(script) {
      const names = unlessAbsent(() => [...Deno.readDirSync(folder)]) ?? [];
      const own = names.filter(({ name }) => name.startsWith(prefix(script)));
      for (const { name } of own) Deno.removeSync(`${folder}/${name}`);
      return own.length;
    },
  };
}

/** For a user without a home. */
const nothing: TrustStore = {
  recall: () => null,
  keep: homeless,
  forget: () => 0,
};

function keep(folder: string, path: string, text: string): Result<void> {
  try {
    Deno.mkdirSync(folder, { recursive: true, mode: 0o700 });
    Deno.writeTextFileSync(`${path}.new`, text, { mode: 0o600 });
    Deno.renameSync(`${path}.new`, path);
    return ok(undefined);
  } catch (error) {
    if (!(error instanceof Error) || error instanceof TypeError) throw error;
    return fail({
      kind: "input",
      summary: `Cannot keep in ${folder} that the script is trusted`,
      detail: error.message,
      hint:
        "Free some space, or set XDG_STATE_HOME to a folder that can be written",
      isRetryable: false,
    });
  }
}

function unlessAbsent<T>(look: () => T): T | null {
  try {
    return look();
  } catch (error) {
    // What cannot be read says nothing of trust.
    if (error instanceof Error && error.name in Deno.errors) return null;
    throw error;
  }
}
