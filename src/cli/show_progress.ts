/** Follows a run to its end. */
import type { Event } from "../model/event.ts";
import type { JobName } from "../model/job.ts";
import type { Run } from "../engine/session/mod.ts";
import type { Clockwork } from "../environment/environment.ts";
import type { Reporter } from "./progress/reporter.ts";
import type { Ending } from "./summary/context.ts";

/** What is left of a run's events once they were told. */
export interface Heard {
  /** Null: the events broke off. */
  readonly ending: Ending | null;
  readonly cancelled: readonly JobName[];
}

/** Tells every event, and the passing of time between them. */
export async function follow(
  run: Run,
  reporter: Reporter,
  clock: Clockwork,
): Promise<Heard> {
  const over = new AbortController();
  const ticking = keepTicking(reporter, clock, over.signal);
  const heard = { ending: null as Ending | null, cancelled: [] as JobName[] };
  try {
    await run.toEnd((event) => {
      reporter.tell(event);
      if (isEnding(event)) heard.ending = event;
      if (event.type === "cancelled") heard.cancelled.push(...event.jobs);
    });
  } finally {
    over.abort();
    await ticking;
    reporter.close();
  }
  return heard;
}

function isEnding(event: Event): event is Ending {
  return event.type === "finished" || event.type === "left";
}

async function keepTicking(
  { tick }: Reporter,
  clock: Clockwork,
  over: AbortSignal,
): Promise<void> {
  if (tick === null) return;
  while (!over.aborted) {
    await clock.sleep(tick.everyMs, over);
    if (!over.aborted) tick.now();
  }
}
