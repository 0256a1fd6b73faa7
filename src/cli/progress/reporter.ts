/** Shows a run while it proceeds. */
import type { Event } from "../../model/event.ts";

export interface Reporter {
  /** Reports an event that is already part of the run state. */
  report(event: Event): void;
  /** Called at intervals between events; null where there is nothing to redraw. */
  readonly tick: { readonly everyMs: number; readonly now: () => void } | null;
  /** Removes the status line, so that the summary can follow. */
  close(): void;
}
