/** The actions of a run, each on its lane. */
import type { JobName, TaskKey } from "../model/job.ts";
export type Lane = "submit" | "poll" | "collect" | "cancel" | "clean";

export type Action =
  | { readonly lane: "submit"; readonly do: "inspect" }
  | {
    readonly lane: "submit";
    readonly do: "reconcile";
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
    /** Jobs that may be active at once. */
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
