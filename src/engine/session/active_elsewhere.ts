/** Jobs of the same script that a run here would leave out of sight. */
import type { Event } from "../../model/event.ts";
import { type Progress, replay } from "../../model/run_state/mod.ts";
import type { Failure } from "../../text/result.ts";
import { lastEvents } from "./generation.ts";
import type { Session } from "./context.ts";

/** What the newest journal of a place says. */
interface Past {
  readonly key: string;
  readonly events: readonly Event[];
  readonly progress: Progress;
}

/**
 * Jobs of the same script at another place, or of another batch system: two
 * keys begin alike where only the place differs.
 */
export function livesElsewhere(
  { plan, wishes, world: { journals } }: Session,
): Failure | null {
  if (wishes.forget) return null;
  const script = plan.key.split("-")[0];
  const { scheduler } = plan.config.machine;
  const pasts = journals.keys()
    .filter((key) => key.startsWith(`${script}-`))
    .map((key) => pastOf(key, lastEvents(journals, key)));
  const here = pasts.find(({ key }) => key === plan.key)?.progress.began;
  const first = pasts.find((past) =>
    mayLive(past) &&
    (past.key === plan.key
      ? (here?.scheduler ?? scheduler) !== scheduler
      : !wasForgotten(past, here?.at ?? -Infinity))
  );
  if (!first) return null;
  const what = first.key === plan.key ? "batch system" : "place";
  return {
    kind: "input",
    tried: `Cannot run the script at a new ${what}`,
    saw: `${lastSeen(first, what)} (journal ${journals.folder(first.key)})`,
    advice: `Set the old ${what} again${
      what === "place"
        ? " (local_root, work_base, context_type, remote_root, host)"
        : ""
    } to go on there or to \`dpdisp cancel\` them; --forget takes them for gone`,
    again: false,
  };
}

function pastOf(key: string, events: readonly Event[]): Past {
  return { key, events, progress: replay(events) };
}

function mayLive({ progress: { finished, live, intended } }: Past): boolean {
  return finished !== "done" && live.size + intended.size > 0;
}

/** A run begins beside jobs at another place only with `--forget`: whoever has begun since then took them for gone. */
function wasForgotten({ events }: Past, begun: number): boolean {
  return begun > events.at(-1)!.at;
}

/** `2 jobs of it may still live in /scratch/jo on login1: they were not over when last looked at, 2025-03-01 12:00 UTC`. */
function lastSeen(
  { events, progress: { began, live, intended } }: Past,
  what: "place" | "batch system",
): string {
  const jobs = live.size + intended.size;
  const [its, they] = jobs === 1
    ? ["job of it", "it was"]
    : ["jobs of it", "they were"];
  const told = events.findLast((event) => event.type === "surveyed");
  const where = told === undefined
    ? "at the place it had before"
    : `in ${told.root} on ${told.host}`;
  const whose = what === "place"
    ? where
    : `under ${began!.scheduler}, ${where}`;
  return `${jobs} ${its} may still live ${whose}: ${they} not over when last looked at, ${
    utc(events.at(-1)!.at)
  }`;
}

/** @param at ms since 1970 */
function utc(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
