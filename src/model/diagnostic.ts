import type { Result } from "../text/result.ts";
import { count } from "../text/grammar.ts";

/** A spot in a file that the user wrote. Lines and columns count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Something wrong (or, as a warning, odd) in the input, at its place. */
export interface Mistake {
  readonly place: Place;
  readonly message: string;
}

/** All mistakes of an input together, or its value with what was odd about it. */
export type Checked<T> = Result<
  { readonly value: T; readonly warnings: readonly Mistake[] },
  {
    readonly mistakes: readonly Mistake[];
    readonly warnings: readonly Mistake[];
  }
>;

/** `hello.py:14:1  unknown key "cpus_per_node"` */
export function formatMistake({ place, message }: Mistake): string {
  return `${place.file}:${place.line}:${place.column}  ${message}`;
}

/**
 * What is wrong and odd about an input, as `check` prints it: sorted by place,
 * one line each, further lines of a message indented, and how it ended. ""
 * where there is nothing to tell.
 */
export function reportMistakes(
  mistakes: readonly Mistake[],
  warnings: readonly Mistake[],
): string {
  const marked = warnings.map(({ place, message }) => ({
    place,
    message: `warning: ${message}`,
  }));
  const lines = inOrder([...mistakes, ...marked])
    .map((mistake) => formatMistake(mistake).replaceAll("\n", "\n  "));
  const end = mistakes.length > 0
    ? [`${count(mistakes.length, "mistake")}; nothing was sent`]
    : [];
  return [...lines, ...end].map((line) => `${line}\n`).join("");
}

/** From the first line to the last. */
export function inOrder(mistakes: readonly Mistake[]): readonly Mistake[] {
  return mistakes.toSorted(byPlace);
}

function byPlace({ place: a }: Mistake, { place: b }: Mistake): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.line - b.line || a.column - b.column;
}
