/** The trust store on disk: a file for each record in `$XDG_STATE_HOME/dpdisp/.trusted`, named by the hashes of a script's path and of its metadata. */
import { fail, ok, type Result } from "../text/result.ts";
import type { TrustStore } from "./environment.ts";
import { noStateDirectory, stateDirectory } from "./journal_store.ts";

export function localTrustStore(
  env: (name: string) => string | undefined,
): TrustStore {
  const state = stateDirectory(env);
  if (state === null) return withoutHome;
  // No run key has a dot.
  const directory = `${state}/.trusted`;
  const file = (script: string, metadata: string) =>
    `${directory}/${script}-${metadata}`;
  return {
    recall: (script, metadata) =>
      unlessAbsent(() => Deno.readTextFileSync(file(script, metadata))),
    keep: (script, metadata, text) =>
      keep(directory, file(script, metadata), text),
    forget(script) {
      const names = unlessAbsent(() => [...Deno.readDirSync(directory)]) ?? [];
      const own = names.filter(({ name }) => name.startsWith(`${script}-`));
      for (const { name } of own) Deno.removeSync(`${directory}/${name}`);
      return own.length;
    },
  };
}

/** For a user without a home directory. */
const withoutHome: TrustStore = {
  recall: () => null,
  keep: noStateDirectory,
  forget: () => 0,
};

function keep(directory: string, path: string, text: string): Result<void> {
  try {
    Deno.mkdirSync(directory, { recursive: true, mode: 0o700 });
    Deno.writeTextFileSync(`${path}.new`, text, { mode: 0o600 });
    Deno.renameSync(`${path}.new`, path);
    return ok(undefined);
  } catch (error) {
    if (!(error instanceof Error) || error instanceof TypeError) throw error;
    return fail({
      kind: "input",
      summary: `Cannot record in ${directory} that the script is trusted`,
      detail: error.message,
      hint: "Free some space, or set XDG_STATE_HOME to a writable directory",
      isRetryable: false,
    });
  }
}

function unlessAbsent<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    // A record that cannot be read grants no trust.
    if (error instanceof Error && error.name in Deno.errors) return null;
    throw error;
  }
}
