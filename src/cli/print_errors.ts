/** Reports why a command cannot do its work. */
import type { Diagnostic } from "../model/diagnostic.ts";
import { formatDiagnostics, sortDiagnostics } from "../model/diagnostic.ts";
import { type Failure, formatFailure } from "../text/result.ts";
import type { Terminal } from "../environment/environment.ts";
import { exitCodeOf, exitCodes } from "../model/exit_codes.ts";
import type { JsonStream } from "./json_lines.ts";

export interface PrintedFindings {
  readonly errors: readonly Diagnostic[];
  readonly warnings: readonly Diagnostic[];
}

/** Prints why there is no run and returns the exit code. */
export function printFailure(
  failure: Failure,
  terminal: Terminal,
  json: JsonStream | null,
): number {
  if (json) json.write({ type: "error", failure });
  else terminal.err(`error: ${formatFailure(failure)}\n`);
  return exitCodeOf(failure.kind);
}

/** Prints what is wrong with the input and returns the exit code. */
export function printDiagnostics(
  { errors, warnings }: PrintedFindings,
  terminal: Terminal,
  json: JsonStream | null,
): number {
  if (json) {
    json.write({
      type: "diagnostics",
      errors: sortDiagnostics(errors),
      warnings: sortDiagnostics(warnings),
    });
  } else terminal.err(formatDiagnostics(errors, warnings));
  return exitCodes.usage.code;
}

export function printWarnings(
  warnings: readonly Diagnostic[],
  terminal: Terminal,
  json: JsonStream | null,
): void {
  if (warnings.length === 0) return;
  if (json) {
    json.write({
      type: "warnings",
      warnings: sortDiagnostics(warnings),
    });
  } else terminal.err(formatDiagnostics([], warnings));
}
