/** Jobs of the same script that a run here would leave out of sight. */
import type { Event } from "../../model/event.ts";
import { replay, type RunState } from "../../model/run_state/mod.ts";
import type { Failure } from "../../text/result.ts";
import { lastEvents } from "./generation.ts";
import type { Session } from "./context.ts";

/** What the newest journal of a place says. */
interface EarlierRun {
  readonly key: string;
  readonly events: readonly Event[];
  readonly progress: RunState;
}

/**
 * Jobs of the same script at another place, or of another batch system: two
 * keys begin alike where only the place differs.
 */
export function findJobsElsewhere(
  { plan, wishes, world: { journals } }: Session,
): Failure | null {
  if (wishes.forget) return null;
  const script = plan.runKey.split("-")[0];
  const { scheduler } = plan.config.machine;
  const pasts = journals.keys()
    .filter((key) => key.startsWith(`${script}-`))
    .map((key) => pastOf(key, lastEvents(journals, key)));
  const here = pasts.find(({ key }) => key === plan.runKey)?.progress.started;
  const first = pasts.find((past) =>
    mayHaveActiveJobs(past) &&
    (past.key === plan.runKey
      ? (here?.scheduler ?? scheduler) !== scheduler
      : !wasForgotten(past, here?.at ?? -Infinity))
  );
  if (!first) return null;
  const what = first.key === plan.runKey ? "batch system" : "place";
  return {
    kind: "input",
    summary: `Cannot run the script at a new ${what}`,
    detail: `${lastSeen(first, what)} (journal ${
      journals.directory(first.key)
    })`,
    hint: `Set the old ${what} again${
      what === "place"
        ? " (local_root, work_base, context_type, remote_root, host)"
        : ""
    } to go on there or to \`dpdisp cancel\` them; --forget takes them for gone`,
    isRetryable: false,
  };
}

function pastOf(key: string, events: readonly Event[]): EarlierRun {
  return { key, events, progress: replay(events) };
}

function mayHaveActiveJobs(
  { progress: { finished, activeJobs, unconfirmedJobs } }: EarlierRun,
): boolean {
  return finished !== "succeeded" && activeJobs.size + unconfirmedJobs.size > 0;
}

/** A run begins beside jobs at another place only with `--forget`: whoever has begun since then took them for gone. */
function wasForgotten({ events }: EarlierRun, begun: number): boolean {
  return begun > events.at(-1)!.at;
}

/** `2 jobs of it may still live in /scratch/jo on login1: they were not over when last looked at, 2025-03-01 12:00 UTC`. */
function lastSeen(
  { events, progress: { started, activeJobs, unconfirmedJobs } }: EarlierRun,
  what: "place" | "batch system",
): string {
  const jobs = activeJobs.size + unconfirmedJobs.size;
  const [its, they] = jobs === 1
    ? ["job of it", "it was"]
    : ["jobs of it", "they were"];
  const told = events.findLast((event) => event.type === "remoteInspected");
  const where = told === undefined
    ? "at the place it had before"
    : `in ${told.root} on ${told.host}`;
  const whose = what === "place"
    ? where
    : `under ${started!.scheduler}, ${where}`;
  return `${jobs} ${its} may still live ${whose}: ${they} not over when last looked at, ${
    utc(events.at(-1)!.at)
  }`;
}

/** @param at ms since 1970 */
function utc(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
