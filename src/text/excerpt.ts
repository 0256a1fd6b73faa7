/** Messages of other programs, limited for a reader: their first and last lines, whole. */

/** Lines that are shown of the beginning and of the end, and characters of a line. */
const SHOWN = { first: 5, last: 5, width: 400 };

/** Stands for what was left out. */
const GAP = "…";

/** The first and the last lines of a message; "…" stands for those between. */
export function excerpt(message: string): string {
  const lines = message.trim().split("\n").map((line) =>
    shortened(line.trimEnd(), SHOWN.width)
  );
  const { first, last } = SHOWN;
  return lines.length <= first + last + 1
    ? lines.join("\n")
    : [...lines.slice(0, first), GAP, ...lines.slice(-last)].join("\n");
}

/** The line with at most so many characters and " …"; cut inside a word only where that is longer than half of them. */
export function shortened(line: string, width: number): string {
  if (line.length <= width) return line;
  const end = line.lastIndexOf(" ", width);
  return `${line.slice(0, end > width / 2 ? end : width).trimEnd()} ${GAP}`;
}

/** Keeps the beginning and the end of a text of any length, in whole lines where there are any. */
export interface Ends {
  add(chunk: string): void;
  text(): string;
}

/** @param limit characters of the beginning, and as many of the end */
export function gatherEnds(limit: number): Ends {
  const kept = { begin: "", end: "", isCut: false };
  return {
    add(chunk) {
      const room = limit - kept.begin.length;
      kept.begin += chunk.slice(0, room);
      const rest = kept.end + chunk.slice(room);
      kept.isCut ||= rest.length > limit;
      kept.end = rest.slice(-limit);
    },
    text() {
      const { begin, end, isCut } = kept;
      if (!isCut) return begin + end;
      const lastLine = begin.lastIndexOf("\n");
      const whole = lastLine < 0 ? begin : begin.slice(0, lastLine);
      return `${whole}\n${GAP}\n${end.slice(end.indexOf("\n") + 1)}`;
    },
  };
}
