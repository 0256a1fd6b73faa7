/** Follows a run until it ends. */
import type { Event } from "../model/event.ts";
import type { JobName } from "../model/job.ts";
import type { RunHandle } from "../engine/session/mod.ts";
import type { Clock } from "../environment/environment.ts";
import type { Reporter } from "./progress/reporters.ts";
import type { FinalEvent } from "./summary/run_summary.ts";

/** What the summary needs of the events that were reported. */
export interface ProgressResult {
  /** Null where the events stopped without a final one. */
  readonly ending: FinalEvent | null;
  readonly cancelled: readonly JobName[];
}

/** Reports every event, and redraws between events. */
export async function showProgress(
  run: RunHandle,
  reporter: Reporter,
  clock: Clock,
): Promise<ProgressResult> {
  const ended = new AbortController();
  const ticking = keepTicking(reporter, clock, ended.signal);
  const last = { ending: null as FinalEvent | null };
  // A job may be asked for more than once.
  const cancelled = new Set<JobName>();
  try {
    await run.toEnd((event) => {
      reporter.report(event);
      if (isFinal(event)) last.ending = event;
      if (event.type === "cancelSent") {
        for (const job of event.jobs) cancelled.add(job);
      }
    });
  } finally {
    ended.abort();
    await ticking;
    reporter.close();
  }
  return { ending: last.ending, cancelled: [...cancelled] };
}

function isFinal(event: Event): event is FinalEvent {
  return event.type === "runFinished" || event.type === "sessionEnded";
}

async function keepTicking(
  { tick }: Reporter,
  clock: Clock,
  ended: AbortSignal,
): Promise<void> {
  if (tick === null) return;
  while (!ended.aborted) {
    await clock.sleep(tick.everyMs, ended);
    if (!ended.aborted) tick.now();
  }
}
