/** Leaves out what is there already. */
import { ok, type Result } from "../result.ts";
import {
  PRESENT,
  type Present,
  readPresent,
} from "../script/present_script.ts";
import { ask, type Far } from "./ask.ts";
import { type Entry, type FileEntry, isFile } from "./parcel.ts";

/**
 * The entries without the files that are there with the same size, time of
 * change and executability, as rsync compares them. (A file that changed
 * within the second in which it was sent went with another time.)
 */
export async function unsent(
  far: Far,
  entries: readonly Entry[],
): Promise<Result<readonly Entry[]>> {
  const files = entries.filter(isFile);
  if (files.length === 0) return ok(entries);
  const names = files.map(({ to }) => `./${to}\0`).join("");
  const asked = await ask(far, {
    purpose: "see which inputs are there",
    body: PRESENT,
    stdin: streamOf(new TextEncoder().encode(names)),
  });
  if (!asked.ok) return asked;
  const section = asked.value.find(({ words }) => words[0] === "present");
  const present = readPresent(section?.text ?? "");
  return ok(
    entries.filter((entry) =>
      !isFile(entry) || !isSame(entry, present.get(`./${entry.to}`))
    ),
  );
}

function isSame(
  { bytes, modified, mode }: FileEntry,
  there: Present | undefined,
): boolean {
  return there !== undefined && there.bytes === bytes &&
    there.modified === Math.floor(modified / 1000) &&
    there.executable === ((mode & 0o100) !== 0);
}

function streamOf(
  bytes: Uint8Array<ArrayBuffer>,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    start(controller) {
      controller.enqueue(bytes);
      controller.close();
    },
  });
}
