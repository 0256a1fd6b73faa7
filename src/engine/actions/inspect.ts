import { isNamedBy } from "../derive_events.ts";
import type { RemoteLease } from "../../backends/backend.ts";
import type { EventData } from "../../model/event.ts";
import type { Failure, Result } from "../../text/result.ts";
import { retry } from "../../text/retry.ts";
import { isOwnRun, remoteStateEvents } from "../remote_state.ts";
import type { ActionContext, Outcome } from "./context.ts";
import type { RemoteState } from "../../model/backend_messages.ts";

/** A submit script whose dpdisp process is gone stops within this time. */
const SUBMIT_WAIT = { restsMs: [200], timeoutMs: 60_000 };
/** Between two reads of another process's lease, and after how long without a heartbeat (ms) it may be taken over. */
const LEASE_POLL = { restsMs: [2_000] };
const LEASE_TIMEOUT_MS = 120_000;

/** Takes the lease, where the backend has one, and reads the remote state under it. */
export async function inspect(run: ActionContext): Outcome {
  const { backend, state, clock, emit } = run;
  const { lease } = backend;
  const first = await (lease ? waitForLease(run, lease) : backend.inspect());
  if (!first.ok) return first.error;
  if (run.hasEnded()) return null;
  const found = await retry(
    (number) => number === 1 ? first : backend.inspect(),
    (reply) => !reply.ok || !reply.value.isSubmitting,
    { ...SUBMIT_WAIT, clock },
  );
  if (!found.ok) return found.error;
  const obstacle = foreignRun(run, found.value) ??
    unresolvableJobs(run, found.value);
  if (obstacle) return obstacle;
  run.inspection.last = found.value;
  const { runId } = found.value;
  if (isAdopted(run, found.value)) {
    emit({ ...state.started!, runId: runId! });
  }
  for (const each of remoteStateEvents(state, found.value, run.limits)) {
    emit(each);
  }
  for (const each of run.eventsAfterInspection(found.value)) emit(each);
  if (!state.isRemoteDirPresent && state.activeJobs.size > 0) {
    emit(remoteDirLost(run, found.value));
  }
  return null;
}

/**
 * Until this process holds the lease: it was free, or its holder ended or sent
 * no heartbeat for long; or until there is no directory that could have one.
 * While another process holds the lease, it is only read.
 */
async function waitForLease(
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

/** The remote directory belongs to another run, and this journal has jobs of its own. */
function foreignRun(
  { state, closedRunIds }: ActionContext,
  remote: RemoteState,
): Failure | null {
  const { runId } = remote;
  const isFree = runId === null || remote.isClosed ||
    closedRunIds.includes(runId);
  // The journal may have lost the line with its run id.
  const isItsOwn = runId !== null &&
    state.jobs.keys().every((name) => isNamedBy(runId, name));
  if (isFree || isOwnRun(state, remote) || isItsOwn) return null;
  return {
    kind: "input",
    summary: "Cannot resume this run",
    detail:
      `its remote directory on ${remote.host} belongs to another run (${runId}), and ${state.activeJobs.size} jobs of this one may be active`,
    hint: "Check the queue, then run again with --forget",
    isRetryable: false,
  };
}

/** Without the remote directory it cannot be determined whether an unconfirmed job was submitted. */
function unresolvableJobs(
  { state }: ActionContext,
  remote: RemoteState,
): Failure | null {
  if (remote.runId !== null || state.unconfirmedJobs.size === 0) return null;
  return {
    kind: "input",
    summary: "Cannot resume this run",
    detail:
      `its remote directory on ${remote.host} no longer exists, and ${state.unconfirmedJobs.size} of its jobs are unconfirmed`,
    hint: "Check the queue, then run again with --forget",
    isRetryable: false,
  };
}

/** Active jobs without their remote directory: no more jobs are submitted. */
function remoteDirLost(
  { state }: ActionContext,
  { host, remoteDir }: RemoteState,
): EventData {
  const names = [...state.activeJobs].slice(0, 3).join(", ");
  const failure: Failure = {
    kind: "input",
    summary: "Cannot submit more jobs yet",
    detail:
      `the run's directory in ${remoteDir} on ${host} no longer exists, and ${state.activeJobs.size} of its jobs may be active (${names})`,
    hint: "No job is submitted while the queue may still have these",
    isRetryable: true,
  };
  return { type: "warning", failure };
}

/** A run whose journal was lost is recognised by its remote directory. */
function isAdopted(
  { state, closedRunIds }: ActionContext,
  remote: RemoteState,
): boolean {
  const { runId } = remote;
  if (runId === null || remote.isClosed || closedRunIds.includes(runId)) {
    return false;
  }
  return runId !== state.started?.runId;
}
