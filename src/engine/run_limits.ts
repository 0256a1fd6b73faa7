/** The limits of a run's actions, in number and in time. */
import type { Lane } from "./action.ts";

/** Limits from the backend and the user; times in milliseconds. */
export interface RunLimits {
  /** Jobs queued or running at once. */
  readonly maxActiveJobs: number;
  /** Jobs that one submit may be given beyond that. */
  readonly submitAhead: number;
  /** Tasks that one job can hold. */
  readonly maxTasksPerJob: number;
  readonly minPollMs: number;
  readonly maxPollMs: number;
  /** How long to wait after the scheduler rejected a job because its queue was full. */
  readonly retryWhenFullMs: number;
}

/** Times in ms, as `Clock.elapsed`. */
export interface LaneTimes {
  readonly now: number;
  /** When the last poll, the last collecting began; null before the first. */
  readonly polledAt: number | null;
  readonly collectedAt: number | null;
  /** How long the last poll, the last collecting took (ms); 0 before the first. */
  readonly pollMs: number;
  readonly collectMs: number;
  /** The remote host reported a change: the next poll is made as early as allowed. */
  readonly hasRemoteChange: boolean;
  /** Lanes with an action in progress. */
  readonly busy: ReadonlySet<Lane>;
}
