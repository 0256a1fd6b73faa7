/** The reporter for programs. */
import type { Environment } from "../../environment/environment.ts";
import { writeLine } from "../json_lines.ts";
import type { Reporter } from "./reporter.ts";
import { failuresOf } from "../summary/failed_tasks.ts";
import type { RunView } from "../run_view.ts";

/** The events as they are, one a line on stdout; before the last, which tasks failed. */
export function jsonReporter(
  scene: RunView,
  { terminal, files }: Environment,
): Reporter {
  return {
    tell(event) {
      const failures = event.type === "runFinished"
        ? failuresOf(scene, files)
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
