/** Follows a run to its end. */
import type { Event } from "../model/event.ts";
import type { JobName } from "../model/job.ts";
import type { RunHandle } from "../engine/session/mod.ts";
import type { Clock } from "../environment/environment.ts";
import type { Reporter } from "./progress/reporter.ts";
import type { FinalEvent } from "./summary/context.ts";

/** What is left of a run's events once they were told. */
export interface ProgressResult {
  /** Null: the events broke off. */
  readonly ending: FinalEvent | null;
  readonly cancelled: readonly JobName[];
}

/** Tells every event, and the passing of time between them. */
export async function showProgress(
  run: RunHandle,
  reporter: Reporter,
  clock: Clock,
): Promise<ProgressResult> {
  const over = new AbortController();
  const ticking = keepTicking(reporter, clock, over.signal);
  const heard = {
    ending: null as FinalEvent | null,
    cancelled: [] as JobName[],
  };
  try {
    await run.toEnd((event) => {
      reporter.tell(event);
      if (isEnding(event)) heard.ending = event;
      if (event.type === "cancelSent") heard.cancelled.push(...event.jobs);
    });
  } finally {
    over.abort();
    await ticking;
    reporter.close();
  }
  return heard;
}

function isEnding(event: Event): event is FinalEvent {
  return event.type === "runFinished" || event.type === "sessionEnded";
}

async function keepTicking(
  { tick }: Reporter,
  clock: Clock,
  over: AbortSignal,
): Promise<void> {
  if (tick === null) return;
  while (!over.aborted) {
    await clock.sleep(tick.everyMs, over);
    if (!over.aborted) tick.now();
  }
}
