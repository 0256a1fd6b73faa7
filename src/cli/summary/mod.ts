import { finished } from "./finished.ts";
import { left } from "./stopped.ts";
import type { Ending, Last } from "./context.ts";

/** What came of the run, and what to do next; lines without their ends. */
export function lastLines(ending: Ending, last: Last): readonly string[] {
  return ending.type === "finished"
    ? finished(ending, last)
    : left(ending, last);
}
