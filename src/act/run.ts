import type { Backend } from "../backends/backend.ts";
import type { Happening } from "../event.ts";
import type { Plan } from "../job.ts";
import type { Progress } from "../progress.ts";
import type { Failure } from "../result.ts";
import type { Clockwork } from "../world.ts";

/** What a step works with. */
export interface Run {
  readonly plan: Plan;
  readonly backend: Backend;
  readonly progress: Progress;
  readonly clock: Clockwork;
  /** Marks of closed generations: their folder is nobody's. */
  readonly closed: readonly string[];
  /** False: the dpdisp that is named so ("host pid") is known to be gone. */
  isAlive(who: string): boolean;
}

/**
 * What happened, one by one or many at once; all that is told is folded before
 * more is asked for. At the end what went wrong, if anything did.
 */
export type Act = AsyncGenerator<
  Happening | readonly Happening[],
  Failure | null
>;
