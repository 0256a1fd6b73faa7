/** Keeps the lease while this process does long work. */
import { callRemote, type Remote } from "./call_remote.ts";

/** Much shorter than the time after which another process takes the lease over (ms). */
const HEARTBEAT_MS = 30_000;

/** The work's own result; meanwhile heartbeats are sent to the remote host. */
export async function withHeartbeat<T>(
  remote: Remote,
  work: Promise<T>,
): Promise<T> {
  const { clock } = remote;
  const over = new AbortController();
  const sendHeartbeats = async () => {
    await clock.sleep(HEARTBEAT_MS, over.signal);
    while (!over.signal.aborted) {
      await callRemote(remote, {
        purpose: "renew the lease",
        body: "heartbeat",
      });
      await clock.sleep(HEARTBEAT_MS, over.signal);
    }
  };
  // A heartbeat that fails is only a missed one.
  const heartbeats = sendHeartbeats().catch(() => {});
  try {
    return await work;
  } finally {
    over.abort();
    await heartbeats;
  }
}
