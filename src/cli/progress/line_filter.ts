/** Selects the lines that are shown, and joins lines that are alike. */
import type { Event } from "../../model/event.ts";
import { eventLine, type Line } from "./event_lines.ts";
import { count } from "../../text/grammar.ts";
import type { RunView } from "../run_view.ts";

/** Failures that are shown one by one; the summary at the end has them all. */
const FAILURES_SHOWN = 10;

/** Returns a function that gives the lines of each event, in order. */
export function lineFilter(view: RunView): (event: Event) => readonly Line[] {
  const shown = { failures: 0, submitted: 0, warnings: new Set<string>() };
  return (event) => {
    if (event.type === "jobSubmitted") return submittedLine(view, shown);
    const line = eventLine(event, view);
    if (line?.tone === "failure") return limitFailures(line, ++shown.failures);
    if (line?.tone !== "warning") return line ? [line] : [];
    if (shown.warnings.has(line.text)) return [];
    shown.warnings.add(line.text);
    return [line];
  };
}

/** One line for all jobs of a batch, once no job is ready to be submitted. */
function submittedLine(
  { progress }: RunView,
  shown: { submitted: number },
): readonly Line[] {
  shown.submitted += 1;
  if (progress.readyJobs.size > 0) return [];
  const text = `submitted ${count(shown.submitted, "job")}`;
  shown.submitted = 0;
  return [{ tone: "news", text }];
}

function limitFailures(line: Line, number: number): readonly Line[] {
  if (number < FAILURES_SHOWN) return [line];
  if (number > FAILURES_SHOWN) return [];
  return [line, {
    tone: "failure",
    text:
      "further failures are only counted; the summary at the end lists them",
  }];
}
