/** Jobs of the same script that a run with this configuration would not see. */
import { type Event, type ForgottenRun, msOf } from "../../model/event.ts";
import { replay, type RunState } from "../../model/run_state/mod.ts";
import type { Failure } from "../../text/result.ts";
import { lastEvents } from "./generation.ts";
import type { JournalStore } from "../../environment/environment.ts";
import type { Session } from "./context.ts";

/** The newest journal of one run key. */
interface EarlierRun {
  readonly key: string;
  readonly generation: number;
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
  const { scheduler } = plan.config.machine;
  const earlierRuns = runsOfScript(plan.runKey, journals);
  const here = earlierRuns.find(({ key }) => key === plan.runKey)?.state
    .started;
  const first = earlierRuns.find((run) =>
    mayHaveActiveJobs(run) &&
    (run.key === plan.runKey
      ? (here?.scheduler ?? scheduler) !== scheduler
      : !isAmong(here?.forgottenRuns ?? [], run))
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

/** Runs of the same script elsewhere that may have active jobs: a run that begins in spite of them treats them as lost. */
export function runsToForget(
  { plan: { runKey }, environment: { journals } }: Session,
): readonly ForgottenRun[] {
  return runsOfScript(runKey, journals)
    .filter((run) => run.key !== runKey && mayHaveActiveJobs(run))
    .map(positionOf);
}

function runsOfScript(
  runKey: string,
  journals: JournalStore,
): readonly EarlierRun[] {
  const script = runKey.split("-")[0];
  return journals.keys()
    .filter((key) => key.startsWith(`${script}-`))
    .map((key) => {
      const events = lastEvents(journals, key);
      const generation = journals.generations(key).at(-1) ?? 0;
      return { key, generation, events, state: replay(events) };
    });
}

function positionOf({ key, generation, events }: EarlierRun): ForgottenRun {
  return { runKey: key, generation, events: events.length };
}

function mayHaveActiveJobs(
  { state: { finished, activeJobs, unconfirmedJobs } }: EarlierRun,
): boolean {
  return finished !== "succeeded" && activeJobs.size + unconfirmedJobs.size > 0;
}

/** Until there are new events of it. */
function isAmong(
  forgotten: readonly ForgottenRun[],
  run: EarlierRun,
): boolean {
  const { runKey, generation, events } = positionOf(run);
  return forgotten.some((each) =>
    each.runKey === runKey && each.generation === generation &&
    each.events === events
  );
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
