import { finished } from "./finished.ts";
import { stoppedSummary } from "./stopped.ts";
import type { FinalEvent, SummaryInput } from "./context.ts";

/** The outcome of the run and what to do next; lines without their ends. */
export function lastLines(
  ending: FinalEvent,
  input: SummaryInput,
): readonly string[] {
  return ending.type === "runFinished"
    ? finished(ending, input)
    : stoppedSummary(ending, input);
}
