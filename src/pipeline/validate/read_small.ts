/** Small files that the input names, which are read as a whole. */
import { fail, ok, type Result } from "../../text/result.ts";
import type { Files } from "../../environment/environment.ts";

/** Header templates and the files of `$ref` are at most a few pages. */
export const MOST_NAMED = 2 ** 20;

/** The bytes, or an error as the end of a sentence that begins with the name of the file. */
export function readSmall(
  path: string,
  files: Files,
  most = MOST_NAMED,
): Result<Uint8Array, string> {
  const stat = files.stat(path);
  if (stat === null) return fail("does not exist");
  if (stat.kind === "folder") return fail("is a directory");
  if (stat.kind !== "file") return fail("is not a regular file");
  if (stat.bytes > most) return fail(`is larger than ${sizeText(most)}`);
  const bytes = files.read(path, most);
  return bytes === null ? fail("cannot be read") : ok(bytes);
}

export function sizeText(bytes: number): string {
  return `${Math.floor(bytes / 2 ** 20)} MiB`;
}
