/** The input of a summary. */
import type { Files } from "../../environment/environment.ts";
import type { JobName } from "../../model/job.ts";
import type { Event } from "../../model/event.ts";
import type { RunView } from "../run_view.ts";

export interface SummaryInput extends RunView {
  readonly commands: Commands;
  readonly files: Files;
  /** Duration of this session in milliseconds. */
  readonly took: number;
  /** Jobs that this session cancelled. */
  readonly cancelled: readonly JobName[];
  /** The session ends because its output could not be written; that is reported separately. */
  readonly isOutputLost?: boolean;
}

export type FinalEvent = Extract<
  Event,
  { type: "runFinished" | "sessionEnded" }
>;

/** Command lines for the user to copy. */
export interface Commands {
  /** Resumes this run. */
  readonly resume: string;
  /** Cancels its jobs. */
  readonly cancel: string;
}
