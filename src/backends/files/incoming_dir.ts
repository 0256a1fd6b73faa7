/** A new local directory for incoming files, with a random name and for this user only. */
import { fail, ok, type Result } from "../../text/result.ts";
import { parent } from "../../text/path.ts";
import { kindAt } from "./install.ts";

/** Creates it in `above`, a directory of dpdisp; what a process that died left there of the same run is removed. */
export function openIncomingDir(above: string, key: string): Result<string> {
  try {
    if (kindAt(above) === null) Deno.mkdirSync(above, { mode: 0o700 });
    const problem = problemOf(above);
    if (problem !== null) return cannot(above, problem);
    const prefix = `home-${key}-`;
    for (const { name } of Deno.readDirSync(above)) {
      if (name.startsWith(prefix)) remove(`${above}/${name}`);
    }
    return ok(Deno.makeTempDirSync({ dir: above, prefix }));
  } catch (error) {
    if (!(error instanceof Error) || error instanceof TypeError) throw error;
    return cannot(above, error.message);
  }
}

/** Why the directory cannot be used; null: it can. */
function problemOf(above: string): string | null {
  if (kindAt(above) !== "folder") return "it is not a directory";
  const { uid, mode } = Deno.lstatSync(above);
  if (uid !== null && uid !== Deno.uid()) return "it belongs to another user";
  return mode !== null && (mode & 0o002) !== 0 && (mode & 0o1000) === 0
    ? "it is writable by other users"
    : null;
}

function cannot(above: string, detail: string): Result<never> {
  return fail({
    kind: "transfer",
    summary: `Cannot download results to ${above}`,
    detail,
    hint: "Fix this, then run the same command again",
    isRetryable: false,
  });
}

/** Removes it, and its parent if that is empty. */
export function closeIncomingDir(incomingDir: string): void {
  remove(incomingDir);
  try {
    Deno.removeSync(parent(incomingDir));
  } catch {
    // Another run has files in it.
  }
}

function remove(folder: string): void {
  try {
    Deno.removeSync(folder, { recursive: true });
  } catch {
    // A directory that cannot be removed is no failure: the results are installed.
  }
}
