/** What bounds the actions of a run in number and in time. */
import type { Lane } from "./action.ts";

/** What a backend allows; times in milliseconds. */
export interface Pace {
  /** Jobs queued or running at once. */
  readonly slots: number;
  /** Jobs that one submit may be handed beyond that. */
  readonly ahead: number;
  /** Tasks that one job can hold. */
  readonly mostTasks: number;
  readonly pollFloor: number;
  readonly pollCeiling: number;
  /** How long to wait after the scheduler said that it is full. */
  readonly fullWait: number;
}

export interface Clock {
  readonly now: number;
  /** When the last poll, the last collecting began; null before the first. */
  readonly polledAt: number | null;
  readonly collectedAt: number | null;
  /** The far side told that something changed: the next look is worth it as soon as may be. */
  readonly stirred: boolean;
  /** Lanes at work. */
  readonly busy: ReadonlySet<Lane>;
}
