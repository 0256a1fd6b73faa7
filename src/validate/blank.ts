/** A script's text without the passwords in it: the text is copied to the execution side. */
import type { Span } from "../parse/node.ts";

/** The text with each span, quotes included, replaced by `"***"`; lines keep their numbers. */
export function blankSpans(text: string, spans: readonly Span[]): string {
  const starts = lineStarts(text);
  const offset = ({ line, column }: Span["start"]): number =>
    (starts[line - 1] ?? 0) + column - 1;
  return [...spans]
    .sort((a, b) => offset(b.start) - offset(a.start))
    .reduce((rest, { start, end }) => {
      const further = "\n#".repeat(end.line - start.line);
      return `${rest.slice(0, offset(start))}"***"${further}${
        rest.slice(offset(end))
      }`;
    }, text);
}

/** Offsets at which lines begin; a byte order mark is no part of line 1. */
function lineStarts(text: string): readonly number[] {
  const first = text.startsWith("\ufeff") ? 1 : 0;
  return [
    first,
    ...Array.from(
      text.matchAll(/\r\n|\r|\n/g),
      ({ 0: end, index }) => index + end.length,
    ),
  ];
}
