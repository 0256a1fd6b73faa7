/** What can be asked of an execution side, and what says when. */
import type { JobName, TaskKey } from "./job.ts";

/** How the user wants this session to go. */
export interface Wishes {
  readonly dryRun: boolean;
  readonly exitOnSubmit: boolean;
  readonly failFast: boolean;
  /** Leave the far folder after success. */
  readonly keep: boolean;
  /** Cancel everything and leave. */
  readonly cancel: boolean;
  /** An interrupt cancels all, instead of ending the session. */
  readonly cancelOnInterrupt: boolean;
}

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

export type Lane = "submit" | "poll" | "collect" | "cancel" | "clean";

export type Step =
  | { readonly lane: "submit"; readonly do: "survey" }
  | {
    readonly lane: "submit";
    readonly do: "settle";
    readonly jobs: readonly JobName[];
  }
  | {
    readonly lane: "submit";
    readonly do: "stage";
    readonly tasks: readonly TaskKey[];
  }
  | {
    readonly lane: "submit";
    readonly do: "submit";
    readonly jobs: readonly JobName[];
    /** Jobs that may live at once. */
    readonly slots: number;
  }
  | { readonly lane: "poll"; readonly do: "poll" }
  | {
    readonly lane: "collect";
    readonly do: "collect";
    readonly tasks: readonly TaskKey[];
  }
  | { readonly lane: "collect"; readonly do: "collectCommon" }
  | {
    readonly lane: "cancel";
    readonly do: "cancel";
    readonly jobs: readonly JobName[];
  }
  | { readonly lane: "clean"; readonly do: "clean" };
