/** A new local directory for incoming files, with a random name and for this user only. */
import { fail, ok, type Result } from "../../text/result.ts";
import { parent } from "../../text/path.ts";
import { kindAt } from "./install.ts";

/** Creates it in `above`, a directory of dpdisp; what a process that died left there of the same run is removed. */
export function openIncomingDir(above: string, key: string): Result<string> {
  try {
    if (kindAt(above) === null) Deno.mkdirSync(above, { mode: 0o700 });
    const problem = problemOf(above) ?? stillOpen(above);
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
  if (kindAt(above) !== "directory") return "it is not a directory";
  const { uid } = Deno.lstatSync(above);
  return uid !== null && uid !== Deno.uid()
    ? "it belongs to another user"
    : null;
}

/**
 * Closes it where others may write in it, who could put a link in the place of what lands: so earlier versions made it
 * under an open umask. Why it stays open to all; null: it does not. Some file systems have modes of their own.
 */
function stillOpen(above: string): string | null {
  const modeOf = () => Deno.lstatSync(above).mode ?? 0;
  if ((modeOf() & 0o022) === 0) return null;
  try {
    Deno.chmodSync(above, 0o700);
  } catch {
    // Its mode tells.
  }
  return (modeOf() & 0o1002) === 0o002 ? "it is writable by other users" : null;
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

function remove(directory: string): void {
  try {
    Deno.removeSync(directory, { recursive: true });
  } catch {
    // A directory that cannot be removed is no failure: the results are installed.
  }
}
