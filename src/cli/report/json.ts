/** The reporter for programs. */
import type { World } from "../../world.ts";
import type { Reporter } from "./reporter.ts";
import { writeLine } from "../notice.ts";

/** The events as they are, one a line on stdout. */
export function jsonReporter({ screen }: World): Reporter {
  return {
    tell: (event) => writeLine(screen, event),
    tick: null,
    close() {},
  };
}
