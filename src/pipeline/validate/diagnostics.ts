/** Errors and warnings that were found so far; each reader adds to them. */
import type { Diagnostic, SourceLocation } from "../../model/diagnostic.ts";

export interface Findings {
  readonly errors: Diagnostic[];
  readonly warnings: Diagnostic[];
}

export function noFindings(): Findings {
  return { errors: [], warnings: [] };
}

export function addError(
  { errors }: Findings,
  location: SourceLocation,
  message: string,
): void {
  errors.push({ location, message });
}

/** The name of a table in messages. */
export function tableLabel(path: readonly string[]): string {
  const name = ["tool", "dpdispatcher", ...path].join(".");
  return path.at(-1) === "task_list" ? `[[${name}]]` : `[${name}]`;
}
