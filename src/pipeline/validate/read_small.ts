/** Small files that the input names, which are read as a whole. */
import { decodeUtf8 } from "../parse/utf8.ts";
import { fail, ok, type Result } from "../../text/result.ts";
import type { Files } from "../../environment/environment.ts";
import { addError, type Findings } from "./diagnostics.ts";

/** Header templates and the files of `$ref` are at most a few pages. */
export const MAX_NAMED_BYTES = 2 ** 20;

/** The bytes, or an error as the end of a sentence that begins with the name of the file. */
export function readSmall(
  path: string,
  files: Files,
  most = MAX_NAMED_BYTES,
): Result<Uint8Array, string> {
  const stat = files.stat(path);
  if (stat === null) return fail("does not exist");
  if (stat.kind === "directory") return fail("is a directory");
  if (stat.kind !== "file") return fail("is not a regular file");
  if (stat.bytes > most) return fail(`is larger than ${sizeText(most)}`);
  const bytes = files.read(path, most);
  return bytes === null ? fail("cannot be read") : ok(bytes);
}

/** The text of a file that the input names; null after an error, which has its location in the file. */
export function decodeSmallFile(
  file: string,
  bytes: Uint8Array,
  findings: Findings,
): string | null {
  const text = decodeUtf8(bytes);
  if (text.ok) return text.value;
  const { line, column } = text.error;
  addError(
    findings,
    { file, line, column },
    "not UTF-8; save the file as UTF-8",
  );
  return null;
}

export function sizeText(bytes: number): string {
  return `${Math.floor(bytes / 2 ** 20)} MiB`;
}
