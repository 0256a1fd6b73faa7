/** Tells a run line by line, and a thousand alike things as one. */
import type { Event } from "../../model/event.ts";
import { eventLine, type Line } from "./event_lines.ts";
import { count } from "../../text/grammar.ts";
import type { RunView } from "../run_view.ts";

/** Failures told one by one; the report at the end has them all. */
const FAILURES_TOLD = 10;

/** Gives the lines of each event, in turn. */
export function lineFilter(scene: RunView): (event: Event) => readonly Line[] {
  const told = { failures: 0, submitted: 0, warnings: new Set<string>() };
  return (event) => {
    if (event.type === "jobSubmitted") return submittedLine(scene, told);
    const line = eventLine(event, scene);
    if (line?.tone === "failure") return someFailures(line, ++told.failures);
    if (line?.tone !== "warning") return line ? [line] : [];
    if (told.warnings.has(line.text)) return [];
    told.warnings.add(line.text);
    return [line];
  };
}

/** One line once nothing more is due. */
function submittedLine(
  { progress }: RunView,
  told: { submitted: number },
): readonly Line[] {
  told.submitted += 1;
  if (progress.readyJobs.size > 0) return [];
  const text = `submitted ${count(told.submitted, "job")}`;
  told.submitted = 0;
  return [{ tone: "news", text }];
}

function someFailures(line: Line, number: number): readonly Line[] {
  if (number < FAILURES_TOLD) return [line];
  if (number > FAILURES_TOLD) return [];
  return [line, {
    tone: "failure",
    text: "further failures are only counted; the report at the end names them",
  }];
}
