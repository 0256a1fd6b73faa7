/** The reporter of `--json`. */
import type { Environment } from "../../environment/environment.ts";
import { writeLine } from "../json_lines.ts";
import type { Reporter } from "./reporter.ts";
import { failuresOf } from "../summary/failed_tasks.ts";
import type { RunView } from "../run_view.ts";

/** Writes each event as a line on stdout, and the failed tasks before the last one. */
export function jsonReporter(
  view: RunView,
  { terminal, files }: Environment,
): Reporter {
  return {
    report(event) {
      const failures = event.type === "runFinished"
        ? failuresOf(view, files)
        : [];
      if (failures.length > 0) {
        writeLine(terminal, { type: "failures", failures });
      }
      writeLine(terminal, event);
    },
    tick: null,
    close() {},
  };
}
