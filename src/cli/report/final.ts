/** The last words of a run. */
import type { Event } from "../../event.ts";
import type { JobName } from "../../job.ts";
import type { Files } from "../../world.ts";
import { finished } from "./finished.ts";
import { left } from "./left.ts";
import type { Scene } from "./line.ts";

export type Ending = Extract<Event, { type: "finished" | "left" }>;

/** Command lines for the user to copy. */
export interface Commands {
  /** Goes on with this run. */
  readonly again: string;
  /** Cancels its jobs. */
  readonly cancel: string;
}

export interface Last extends Scene {
  readonly commands: Commands;
  readonly files: Files;
  /** Milliseconds that this dpdisp took. */
  readonly took: number;
  /** Jobs that this dpdisp cancelled. */
  readonly cancelled: readonly JobName[];
  /** It leaves because its output went nowhere, which is told apart. */
  readonly isUnheard?: boolean;
}

/** What came of the run, and what to do next; lines without their ends. */
export function lastLines(ending: Ending, last: Last): readonly string[] {
  return ending.type === "finished"
    ? finished(ending, last)
    : left(ending, last);
}
