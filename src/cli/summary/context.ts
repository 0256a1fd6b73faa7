/** What a summary is made from. */
import type { Files } from "../../environment/environment.ts";
import type { JobName } from "../../model/job.ts";
import type { Event } from "../../model/event.ts";
import type { RunView } from "../run_view.ts";

export interface SummaryInput extends RunView {
  readonly commands: Commands;
  readonly files: Files;
  /** Milliseconds that this dpdisp took. */
  readonly took: number;
  /** Jobs that this dpdisp cancelled. */
  readonly cancelled: readonly JobName[];
  /** It leaves because its output went nowhere, which is told apart. */
  readonly isUnheard?: boolean;
}

export type FinalEvent = Extract<
  Event,
  { type: "runFinished" | "sessionEnded" }
>;

/** Command lines for the user to copy. */
export interface Commands {
  /** Goes on with this run. */
  readonly resume: string;
  /** Cancels its jobs. */
  readonly cancel: string;
}
