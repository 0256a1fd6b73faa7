/** Jobs of the same script that a run with this configuration would not see. */
import { type Event, msOf } from "../../model/event.ts";
import { replay, type RunState } from "../../model/run_state/mod.ts";
import type { Failure } from "../../text/result.ts";
import { lastEvents } from "./generation.ts";
import type { Session } from "./context.ts";

/** The newest journal of one run key. */
interface EarlierRun {
  readonly key: string;
  readonly events: readonly Event[];
  readonly state: RunState;
}

/**
 * Jobs of the same script at another location, or of another batch system: two
 * run keys have the same beginning where only the location differs.
 */
export function findJobsElsewhere(
  { plan, options, environment: { journals } }: Session,
): Failure | null {
  if (options.forget) return null;
  const script = plan.runKey.split("-")[0];
  const { scheduler } = plan.config.machine;
  const earlierRuns = journals.keys()
    .filter((key) => key.startsWith(`${script}-`))
    .map((key) => earlierRun(key, lastEvents(journals, key)));
  const here = earlierRuns.find(({ key }) => key === plan.runKey)?.state
    .started;
  const first = earlierRuns.find((run) =>
    mayHaveActiveJobs(run) &&
    (run.key === plan.runKey
      ? (here?.scheduler ?? scheduler) !== scheduler
      : !wasForgotten(run, here?.time ?? -Infinity))
  );
  if (!first) return null;
  const what = first.key === plan.runKey ? "batch_type" : "location";
  return {
    kind: "input",
    summary: `Cannot run the script ${
      what === "location" ? "at" : "with"
    } a new ${what}`,
    detail: `${lastSeen(first, what)} (journal ${
      journals.directory(first.key)
    })`,
    hint: `Restore the old ${what}${
      what === "location"
        ? " (local_root, work_base, context_type, remote_root, host)"
        : ""
    } to resume that run or to \`dpdisp cancel\` its jobs; --forget treats them as lost`,
    isRetryable: false,
  };
}

function earlierRun(key: string, events: readonly Event[]): EarlierRun {
  return { key, events, state: replay(events) };
}

function mayHaveActiveJobs(
  { state: { finished, activeJobs, unconfirmedJobs } }: EarlierRun,
): boolean {
  return finished !== "succeeded" && activeJobs.size + unconfirmedJobs.size > 0;
}

/** A run starts in spite of jobs elsewhere only with `--forget`: a run that started later has treated them as lost. */
function wasForgotten({ events }: EarlierRun, startedAt: number): boolean {
  return startedAt > events.at(-1)!.time;
}

/** `2 of its jobs may still be active in /scratch/jo on login1; last seen 2025-03-01 12:00 UTC`. */
function lastSeen(
  { events, state: { started, activeJobs, unconfirmedJobs } }: EarlierRun,
  what: "location" | "batch_type",
): string {
  const jobs = activeJobs.size + unconfirmedJobs.size;
  const inspected = events.findLast((event) =>
    event.type === "remoteInspected"
  );
  const where = inspected
    ? `in ${inspected.remoteDir} on ${inspected.host}`
    : "at its earlier location";
  const place = what === "location"
    ? where
    : `under ${started!.scheduler}, ${where}`;
  return `${jobs} of its jobs may still be active ${place}; last seen ${
    utc(msOf(events.at(-1)!))
  }`;
}

/** @param ms since 1970 */
function utc(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
