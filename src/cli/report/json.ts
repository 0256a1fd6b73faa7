/** The reporter for programs. */
import type { World } from "../../world.ts";
import { writeLine } from "../notice.ts";
import { failuresOf } from "./failures.ts";
import type { Scene } from "./line.ts";
import type { Reporter } from "./reporter.ts";

/** The events as they are, one a line on stdout; before the last, which tasks failed. */
export function jsonReporter(scene: Scene, { screen, files }: World): Reporter {
  return {
    tell(event) {
      const failures = event.type === "finished"
        ? failuresOf(scene, files)
        : [];
      if (failures.length > 0) {
        writeLine(screen, { type: "failures", failures });
      }
      writeLine(screen, event);
    },
    tick: null,
    close() {},
  };
}
