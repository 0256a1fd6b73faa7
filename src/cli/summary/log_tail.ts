/** The end of a log that came home. */
import { withoutColors } from "../../text/visible.ts";
import type { Files } from "../../environment/environment.ts";

const LINES = 10;
const LINE_WIDTH = 200;
/** Above this a log is not opened for its last lines. */
export const MOST_BYTES = 64 * 2 ** 20;

/** The last lines; null: no readable log, or a huge one. "" is empty. */
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

/** Colours say nothing here; a progress bar's `\r` leaves its last state. */
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
