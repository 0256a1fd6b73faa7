/** Shows that this dpdisp lives while it is at something long. */
import type { Clock } from "../../environment/environment.ts";
import { callRemote, type Remote } from "./call_remote.ts";

/** Far shorter than others wait before they take the lease for free (ms). */
const HEARTBEAT_MS = 30_000;

/** The work's own result; meanwhile the far side hears from its holder of the lease. */
export async function withHeartbeat<T>(
  far: Remote,
  clock: Clock,
  work: Promise<T>,
): Promise<T> {
  const over = new AbortController();
  const beat = async () => {
    await clock.sleep(HEARTBEAT_MS, over.signal);
    while (!over.signal.aborted) {
      await callRemote(far, {
        purpose: "show that this run lives",
        body: "heartbeat",
      });
      await clock.sleep(HEARTBEAT_MS, over.signal);
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
