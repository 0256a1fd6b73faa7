/** Shows that this dpdisp lives while it is at something long. */
import type { Clockwork } from "../../environment/environment.ts";
import { ask, type Far } from "./call_remote.ts";

/** Far shorter than others wait before they take the lease for free (ms). */
const BEAT_EVERY = 30_000;

/** The work's own result; meanwhile the far side hears from its holder of the lease. */
export async function beating<T>(
  far: Far,
  clock: Clockwork,
  work: Promise<T>,
): Promise<T> {
  const over = new AbortController();
  const beat = async () => {
    await clock.sleep(BEAT_EVERY, over.signal);
    while (!over.signal.aborted) {
      await ask(far, { purpose: "show that this run lives", body: "beat" });
      await clock.sleep(BEAT_EVERY, over.signal);
    }
  };
  // A beat that fails is one that was not heard.
  const beats = beat().catch(() => {});
  try {
    return await work;
  } finally {
    over.abort();
    await beats;
  }
}
