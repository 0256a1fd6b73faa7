/** Waits for the lease of a run, and takes it over from a process that has ended. */
import type { RemoteLease } from "../../backends/backend.ts";
import type { RemoteState } from "../../model/backend_messages.ts";
import type { Result } from "../../text/result.ts";
import { retry } from "../../text/retry.ts";
import type { ActionContext } from "./context.ts";

/** Between two reads of another process's lease, and after how long without a heartbeat (ms) it may be taken over. */
const LEASE_POLL = { restsMs: [2_000] };
const LEASE_TIMEOUT_MS = 120_000;

/**
 * Until this process holds the lease: it was free, or its holder ended or sent
 * no heartbeat for long; or until there is no directory that could have one.
 * While another process holds the lease, it is only read.
 */
export async function acquireLease(
  { backend, clock, isAlive, emit, hasEnded }: ActionContext,
  { acquire }: RemoteLease,
): Promise<Result<RemoteState>> {
  const last = { token: "", heartbeats: -1, since: 0, isAttached: false };
  const isDone = (reply: Result<RemoteState>) =>
    !reply.ok || isHeld(reply.value) || hasEnded();
  const attempt = async (number: number): Promise<Result<RemoteState>> => {
    const reply = await (number === 1 ? acquire(null) : backend.inspect());
    if (!reply.ok || isHeld(reply.value)) return reply;
    const { lease } = reply.value;
    if (lease.holder !== "other") return acquire(null);
    const { token, heartbeats, holderName } = lease;
    if (token !== last.token || heartbeats !== last.heartbeats) {
      Object.assign(last, { token, heartbeats, since: clock.elapsed() });
    }
    const isSilent = clock.elapsed() - last.since >= LEASE_TIMEOUT_MS;
    if (isSilent || !isAlive(holderName)) {
      const taken = await acquire(token);
      if (isDone(taken)) return taken;
    }
    if (!last.isAttached) emit({ type: "attached", holderName });
    last.isAttached = true;
    return reply;
  };
  const reply = await retry(attempt, isDone, { ...LEASE_POLL, clock });
  if (reply.ok && reply.value.runId === null && last.isAttached) {
    emit({ type: "sessionEnded", reason: "elsewhere" });
  }
  return reply;
}

/** This process holds the lease, or there is no directory that could have one. */
function isHeld({ lease, runId }: RemoteState): boolean {
  return lease.holder === "self" ||
    (lease.holder === "none" && runId === null);
}
