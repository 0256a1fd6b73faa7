import type { Open, Transfers } from "../backends/backend.ts";
import type { Event } from "../event.ts";
import type { Plan } from "../job.ts";
import type { Progress } from "../progress.ts";
import type { Wishes } from "../step.ts";
import type { World } from "../world.ts";

export interface SessionWishes extends Wishes {
  /** Keep what an earlier, closed generation computed and what is unchanged since. */
  readonly reuse: boolean;
  /** Leave the present journal behind: jobs that only it knows are taken for gone. */
  readonly forget: boolean;
}

export type OnEvent = (event: Event) => void;

/** What every part of a session is handed. */
export interface Session {
  readonly plan: Plan;
  readonly wishes: SessionWishes;
  readonly world: World;
  readonly open: Open;
  readonly interrupt: AbortSignal;
  progress: Progress;
  /** What is on its way now. */
  transfers: () => Transfers;
}
