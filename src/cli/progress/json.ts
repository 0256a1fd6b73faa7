/** The reporter of `--json`. */
import type { Event, PlanSummary } from "../../model/event.ts";
import { summaryOfPlan } from "../../model/plan.ts";
import type { Environment } from "../../environment/environment.ts";
import type { JsonStream } from "../json_lines.ts";
import type { Reporter } from "./reporter.ts";
import { failuresOf } from "../summary/failed_tasks.ts";
import type { RunView } from "../run_view.ts";

/** Writes each event as a line on stdout, and the failed tasks before the last one. */
export function jsonReporter(
  view: RunView,
  json: JsonStream,
  { files }: Environment,
): Reporter {
  const known = JSON.stringify(summaryOfPlan(view.plan));
  return {
    report(event) {
      const failures = event.type === "runFinished"
        ? failuresOf(view, files)
        : [];
      if (failures.length > 0) {
        json.write({ type: "failures", failures });
      }
      json.write(withoutKnownPlan(event, known));
    },
    tick: null,
    close() {},
  };
}

/** The first line of the stream has the plan: an event repeats it only where the run has another. */
function withoutKnownPlan(event: Event, known: string): Event {
  if (!("plan" in event) || !isKnown(event.plan, known)) return event;
  const { plan: _, ...rest } = event;
  return rest;
}

function isKnown(plan: PlanSummary | undefined, known: string): boolean {
  return JSON.stringify(plan) === known;
}
