/** How a command ends that could not begin. */
import type { Diagnostic } from "../model/diagnostic.ts";
import { formatDiagnostics, sortDiagnostics } from "../model/diagnostic.ts";
import { type Failure, formatFailure } from "../text/result.ts";
import type { Terminal } from "../environment/environment.ts";
import { exitCodeOf, exitCodes } from "./exit_codes.ts";
import { writeLine } from "./json_lines.ts";

export interface Findings {
  readonly errors: readonly Diagnostic[];
  readonly warnings: readonly Diagnostic[];
}

/** Tells why there is no run, and gives the exit code. */
export function printFailure(
  failure: Failure,
  screen: Terminal,
  json: boolean,
): number {
  if (json) writeLine(screen, { type: "error", failure });
  else screen.err(`dpdisp: ${formatFailure(failure)}\n`);
  return exitCodeOf(failure.kind);
}

/** Tells what is wrong with the input, and gives the exit code. */
export function printDiagnostics(
  { errors, warnings }: Findings,
  screen: Terminal,
  json: boolean,
): number {
  if (json) {
    writeLine(screen, {
      type: "diagnostics",
      errors: sortDiagnostics(errors),
      warnings: sortDiagnostics(warnings),
    });
  } else screen.err(formatDiagnostics(errors, warnings));
  return exitCodes.usage.code;
}

export function printWarnings(
  warnings: readonly Diagnostic[],
  screen: Terminal,
  json: boolean,
): void {
  if (warnings.length === 0) return;
  if (json) {
    writeLine(screen, {
      type: "warnings",
      warnings: sortDiagnostics(warnings),
    });
  } else screen.err(formatDiagnostics([], warnings));
}
