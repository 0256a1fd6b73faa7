/** The end of a collected log. */
import { withoutColors } from "../../text/visible.ts";
import type { Files } from "../../environment/environment.ts";

const LINES = 10;
const LINE_WIDTH = 200;
/** A larger log is not opened. */
export const MOST_BYTES = 64 * 2 ** 20;

/** The last lines; null where the log cannot be read or is too large, [] where it is empty. */
export function logTail(path: string, files: Files): readonly string[] | null {
  const stat = files.stat(path);
  if (stat?.kind !== "file" || stat.bytes > MOST_BYTES) return null;
  const bytes = files.read(path);
  if (bytes === null) return null;
  const end = new TextDecoder().decode(bytes.subarray(-LINES * LINE_WIDTH * 4));
  return end.trimEnd().split("\n").slice(-LINES).map(lastState).filter((
    line,
    at,
  ) => line !== "" || at > 0);
}

/** Without colours; of a progress bar that redraws itself with `\r` only the last state. */
function lastState(line: string): string {
  const plain = withoutColors(line.replace(/\r$/, ""));
  const shown = plain.slice(plain.lastIndexOf("\r") + 1).trimEnd();
  return shown.length > LINE_WIDTH ? `${wholeWords(shown)} …` : shown;
}

/** As much as fits; cut inside a word only where that is longer than half a line. */
function wholeWords(line: string): string {
  const end = line.lastIndexOf(" ", LINE_WIDTH);
  return line.slice(0, end > LINE_WIDTH / 2 ? end : LINE_WIDTH).trimEnd();
}
