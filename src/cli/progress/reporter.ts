/** Who tells a run while it goes on. */
import type { Event } from "../../model/event.ts";

export interface Reporter {
  /** An event, folded into progress already. */
  tell(event: Event): void;
  /** Called every so often between events; null: no need to. */
  readonly tick: { readonly everyMs: number; readonly now: () => void } | null;
  /** Makes room for the last words. */
  close(): void;
}
