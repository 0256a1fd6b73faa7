/** What bounds the actions of a run in number and in time. */
import type { Lane } from "./action.ts";

/** What a backend allows; times in milliseconds. */
export interface RunLimits {
  /** Jobs queued or running at once. */
  readonly maxActiveJobs: number;
  /** Jobs that one submit may be handed beyond that. */
  readonly submitAhead: number;
  /** Tasks that one job can hold. */
  readonly maxTasksPerJob: number;
  readonly minPollMs: number;
  readonly maxPollMs: number;
  /** How long to wait after the scheduler said that it is full. */
  readonly retryWhenFullMs: number;
}

export interface LaneTimes {
  readonly now: number;
  /** When the last poll, the last collecting began; null before the first. */
  readonly polledAt: number | null;
  readonly collectedAt: number | null;
  /** The far side told that something changed: the next look is worth it as soon as may be. */
  readonly hasRemoteChange: boolean;
  /** Lanes at work. */
  readonly busy: ReadonlySet<Lane>;
}
