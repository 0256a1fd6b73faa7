import type { Result } from "../text/result.ts";
import { count } from "../text/grammar.ts";

/** A spot in a file that the user wrote. Lines and columns count from 1. */
export interface SourceLocation {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/**
 * Where a value stands in the input, by its path: `locate("task_list", 0, "task_work_path")`; the location of the
 * nearest table or list around it where a key is absent.
 */
export type Locate = (
  ...path: readonly (string | number)[]
) => SourceLocation;

/** Something wrong (or, as a warning, odd) in the input, at its place. */
export interface Diagnostic {
  readonly location: SourceLocation;
  readonly message: string;
}

/** All errors of an input together, or its value with what was odd about it. */
export type Validated<T> = Result<
  { readonly value: T; readonly warnings: readonly Diagnostic[] },
  {
    readonly errors: readonly Diagnostic[];
    readonly warnings: readonly Diagnostic[];
  }
>;

/** `hello.py:14:1  unknown key "cpus_per_node"` */
export function formatDiagnostic({ location, message }: Diagnostic): string {
  return `${location.file}:${location.line}:${location.column}  ${message}`;
}

/**
 * What is wrong and odd about an input, as `check` prints it: sorted by place,
 * one line each, further lines of a message indented, and how it ended. ""
 * where there is nothing to tell.
 */
export function formatDiagnostics(
  errors: readonly Diagnostic[],
  warnings: readonly Diagnostic[],
): string {
  const marked = warnings.map(({ location, message }) => ({
    location,
    message: `warning: ${message}`,
  }));
  const lines = sortDiagnostics([...errors, ...marked])
    .map((error) => formatDiagnostic(error).replaceAll("\n", "\n  "));
  const end = errors.length > 0
    ? [`${count(errors.length, "error")}; nothing was sent`]
    : [];
  return [...lines, ...end].map((line) => `${line}\n`).join("");
}

/** From the first line to the last. */
export function sortDiagnostics(
  errors: readonly Diagnostic[],
): readonly Diagnostic[] {
  return errors.toSorted(byLocation);
}

function byLocation(
  { location: a }: Diagnostic,
  { location: b }: Diagnostic,
): number {
  if (a.file !== b.file) return a.file < b.file ? -1 : 1;
  return a.line - b.line || a.column - b.column;
}
