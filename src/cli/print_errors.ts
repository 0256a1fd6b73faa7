/** How a command ends that could not begin. */
import type { Mistake } from "../model/diagnostic.ts";
import { inOrder, reportMistakes } from "../model/diagnostic.ts";
import { explainFailure, type Failure } from "../text/result.ts";
import type { Screen } from "../environment/environment.ts";
import { exitCodeOf, exitCodes } from "./exit_codes.ts";
import { writeLine } from "./json_lines.ts";

export interface Findings {
  readonly mistakes: readonly Mistake[];
  readonly warnings: readonly Mistake[];
}

/** Tells why there is no run, and gives the exit code. */
export function tellFailure(
  failure: Failure,
  screen: Screen,
  json: boolean,
): number {
  if (json) writeLine(screen, { type: "failedToStart", failure });
  else screen.err(`dpdisp: ${explainFailure(failure)}\n`);
  return exitCodeOf(failure.kind);
}

/** Tells what is wrong with the input, and gives the exit code. */
export function tellMistakes(
  { mistakes, warnings }: Findings,
  screen: Screen,
  json: boolean,
): number {
  if (json) {
    writeLine(screen, {
      type: "mistakes",
      mistakes: inOrder(mistakes),
      warnings: inOrder(warnings),
    });
  } else screen.err(reportMistakes(mistakes, warnings));
  return exitCodes.usage.code;
}

export function tellWarnings(
  warnings: readonly Mistake[],
  screen: Screen,
  json: boolean,
): void {
  if (warnings.length === 0) return;
  if (json) {
    writeLine(screen, { type: "warnings", warnings: inOrder(warnings) });
  } else screen.err(reportMistakes([], warnings));
}
