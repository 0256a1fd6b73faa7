/** A local folder for what is on its way: new, under a random name, and for this user alone. */
import { fail, ok, type Result } from "../../text/result.ts";
import { parent } from "../../text/path.ts";
import { kindAt } from "./install.ts";

/** Makes it in `above`, a folder of ours; what a dpdisp that died left there of the same run is removed. */
export function openIncomingDir(above: string, key: string): Result<string> {
  try {
    if (kindAt(above) === null) Deno.mkdirSync(above, { mode: 0o700 });
    const why = strangerOf(above) ?? stillOpen(above);
    if (why !== null) return cannot(above, why);
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

/** Why that is no folder of ours; null: it is one. */
function strangerOf(above: string): string | null {
  if (kindAt(above) !== "folder") return "it is no folder";
  const { uid } = Deno.lstatSync(above);
  return uid !== null && uid !== Deno.uid() ? "it is another user's" : null;
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
  return (modeOf() & 0o1002) === 0o002 ? "any user may write in it" : null;
}

function cannot(above: string, saw: string): Result<never> {
  return fail({
    kind: "transfer",
    summary: `Cannot take results in at ${above}`,
    detail: saw,
    hint: "See to it, and run the same command again",
    isRetryable: false,
  });
}

/** Removes it, and the folder above if that is empty. */
export function closeIncomingDir(landing: string): void {
  remove(landing);
  try {
    Deno.removeSync(parent(landing));
  } catch {
    // Another run has something in it.
  }
}

function remove(folder: string): void {
  try {
    Deno.removeSync(folder, { recursive: true });
  } catch {
    // What cannot be removed is no reason to fail: the results are safe.
  }
}
