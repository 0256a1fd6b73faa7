/** What has been found wrong or odd so far; each reader adds to it. */
import type { Mistake, Place } from "../../model/diagnostic.ts";

export interface Findings {
  readonly mistakes: Mistake[];
  readonly warnings: Mistake[];
}

export function noFindings(): Findings {
  return { mistakes: [], warnings: [] };
}

export function mistake(
  { mistakes }: Findings,
  place: Place,
  message: string,
): void {
  mistakes.push({ place, message });
}

/** The name of a table as messages show it. */
export function tableLabel(path: readonly string[]): string {
  const name = ["tool", "dpdispatcher", ...path].join(".");
  return path.at(-1) === "task_list" ? `[[${name}]]` : `[${name}]`;
}
